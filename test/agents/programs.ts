/** Coding agents as a person runs them: which package, what they must be told to ask a gateway, and nothing that asks anybody else. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { UpstreamName } from '../support/agent-model/index.ts';
import type { Agent } from './install-agent.ts';
import { opencode } from './opencode.ts';

/** Where a run takes place: a home and a folder to work in, both its own. */
export interface Workplace {
  readonly home: string;
  readonly folder: string;
}

export interface ProgramFacts {
  /** The gateway's address. */
  readonly url: string;
  readonly key: string;
  /** An alias of the gateway. */
  readonly model: string;
}

export interface Program {
  readonly agent: Agent;
  /** What it speaks to the gateway, as the table names it. */
  readonly protocol: string;
  /** The provider of `agentProviders` that speaks the same; null where none does. */
  readonly own: UpstreamName;
  /** The name it asks for; some treat names they know in ways of their own. */
  readonly model: string;
  /** It sends thoughts of earlier turns back without their seals, or not at all. */
  readonly dropsThoughts?: boolean;
  /** It sends no key. */
  readonly withoutKey?: boolean;
  /** It is to read pictures instead of writing files. */
  readonly readsPictures?: boolean;
  /** A tool that is called rather than another. */
  readonly prefer?: string;
  command(
    facts: ProgramFacts,
    place: Workplace,
  ): { parameters: readonly string[]; environment: Readonly<Record<string, string>> };
}

const prompt = 'Write the note.';

function write(path: string, content: unknown): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
}

const claudeCode: Agent = { name: '@anthropic-ai/claude-code', version: '2.1.329', program: 'claude' };
const codex: Agent = { name: '@openai/codex', version: '0.169.0', program: 'codex' };
const geminiCli: Agent = { name: '@google/gemini-cli', version: '0.61.0', program: 'gemini' };
const qwenCode: Agent = { name: '@qwen-code/qwen-code', version: '0.24.4', program: 'qwen' };
const pi: Agent = { name: '@earendil-works/pi-coding-agent', version: '0.87.1', program: 'pi' };
const continueCli: Agent = { name: '@continuedev/cli', version: '1.5.47', program: 'cn' };

const claude = (model: string): Program => ({
  agent: claudeCode,
  protocol: 'anthropic-messages',
  own: 'anthropic',
  model,
  command: ({ url, key }) => ({
    parameters: ['-p', prompt, '--model', model, '--allowedTools', 'Write', '--output-format', 'json'],
    environment: {
      ANTHROPIC_BASE_URL: url,
      ANTHROPIC_AUTH_TOKEN: key,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_AUTOUPDATER: '1',
    },
  }),
});

const codexWith = (model: string, prefer?: string): Program => ({
  agent: codex,
  protocol: 'openai-responses',
  own: 'responses',
  model,
  ...(prefer !== undefined && { prefer }),
  command: ({ url, key }, { home }) => {
    const lines = [
      `model="${model}"`,
      'model_provider="local"',
      '[model_providers.local]',
      'name="Gatehouse"',
      `base_url="${url}/v1"`,
      'env_key="LOCAL_KEY"',
      'wire_api="responses"',
      '[analytics]',
      'enabled=false',
    ];
    write(join(home, '.codex', 'config.toml'), `${lines.join('\n')}\n`);
    const flags = ['--disable', 'plugins', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox', '--json'];
    return {
      parameters: ['exec', ...flags, prompt],
      environment: { CODEX_HOME: join(home, '.codex'), LOCAL_KEY: key },
    };
  },
});

/** As it comes, for a server on this machine: it looks at the server's version and models first. */
const codexOss = (localProvider: string, model: string): Program => ({
  agent: codex,
  protocol: `oss ${localProvider}`,
  own: 'responses',
  model,
  withoutKey: true,
  command: ({ url }, { home }) => {
    write(join(home, '.codex', 'config.toml'), '[analytics]\nenabled=false\n');
    const flags = ['--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox', '--json'];
    return {
      parameters: ['exec', '--oss', '--local-provider', localProvider, '-m', model, ...flags, prompt],
      environment: { CODEX_HOME: join(home, '.codex'), CODEX_OSS_BASE_URL: `${url}/v1` },
    };
  },
});

/** With its built-in provider at another address: it tries a WebSocket first. */
const codexBuiltIn = (model: string): Program => ({
  ...codexWith(model),
  protocol: 'openai-responses ws',
  command: ({ url, key }, { home }) => {
    write(join(home, '.codex', 'config.toml'), `model="${model}"\nopenai_base_url="${url}/v1"\n[analytics]\nenabled=false\n`);
    const flags = ['--disable', 'plugins', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox', '--json'];
    return { parameters: ['exec', ...flags, prompt], environment: { CODEX_HOME: join(home, '.codex'), CODEX_API_KEY: key } };
  },
});

const gemini = (model: string): Program => ({
  agent: geminiCli,
  protocol: 'gemini',
  own: 'gemini',
  model,
  command: ({ url, key }, { home }) => {
    write(join(home, '.gemini', 'settings.json'), {
      security: { auth: { selectedType: 'gemini-api-key' } },
      privacy: { usageStatisticsEnabled: false },
      general: { disableAutoUpdate: true },
    });
    return {
      parameters: ['-p', prompt, '-m', model, '--yolo', '--output-format', 'json'],
      environment: { GEMINI_CLI_TRUST_WORKSPACE: 'true', GEMINI_API_KEY: key, GOOGLE_GEMINI_BASE_URL: url },
    };
  },
});

const opencodeAs = (protocol: string, own: UpstreamName, npm: string, version: string): Program => ({
  agent: opencode,
  protocol,
  own,
  model: 'coder',
  command: ({ url, key, model }, { folder }) => {
    const options = { baseURL: `${url}/${version}`, apiKey: key };
    write(join(folder, 'opencode.json'), { provider: { gatehouse: { npm, options, models: { [model]: { tool_call: true } } } } });
    return {
      parameters: ['run', prompt, '--auto', '--title', 'test', '--model', `gatehouse/${model}`],
      environment: {
        OPENCODE_DISABLE_MODELS_FETCH: '1',
        OPENCODE_DISABLE_AUTOUPDATE: '1',
        OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
      },
    };
  },
});

const qwen = (protocol: string, own: UpstreamName, auth: string): Program => ({
  agent: qwenCode,
  dropsThoughts: true,
  protocol,
  own,
  model: 'coder',
  command: ({ url, key, model }, { home }) => {
    write(join(home, '.qwen', 'settings.json'), {
      privacy: { usageStatisticsEnabled: false },
      general: { disableAutoUpdate: true, enableAutoUpdate: false },
    });
    const ways: Readonly<Record<string, Readonly<Record<string, string>>>> = {
      anthropic: { ANTHROPIC_API_KEY: key, ANTHROPIC_BASE_URL: url, ANTHROPIC_MODEL: model },
      gemini: { GEMINI_API_KEY: key, GOOGLE_GEMINI_BASE_URL: url, GEMINI_MODEL: model },
    };
    return {
      parameters: [prompt, '--yolo', '--auth-type', auth],
      environment: ways[auth] ?? { OPENAI_API_KEY: key, OPENAI_BASE_URL: `${url}/v1`, OPENAI_MODEL: model },
    };
  },
});

const piAs = (protocol: string, own: UpstreamName, api: string, path: string): Program => ({
  agent: pi,
  protocol,
  own,
  model: 'coder',
  command: ({ url, key, model }, { home }) => {
    const models = [
      { id: model, name: model, reasoning: true, input: ['text', 'image'], contextWindow: 128_000, maxTokens: 8000 },
    ];
    const provider = { baseUrl: `${url}${path}`, apiKey: key, api, models };
    write(join(home, '.pi', 'agent', 'models.json'), { providers: { gatehouse: provider } });
    return { parameters: ['-p', '--provider', 'gatehouse', '--model', model, prompt], environment: { PI_OFFLINE: '1' } };
  },
});

const continueAs = (protocol: string, own: UpstreamName, provider: string, path: string): Program => ({
  agent: continueCli,
  dropsThoughts: true,
  protocol,
  own,
  model: 'coder',
  command: ({ url, key, model }, { folder }) => {
    const entry = {
      name: 'coder',
      provider,
      model,
      apiBase: `${url}${path}`,
      apiKey: key,
      roles: ['chat'],
      capabilities: ['tool_use'],
    };
    const config = { name: 'test', version: '1.0.0', schema: 'v1', models: [entry] };
    write(join(folder, 'cn.yaml'), config);
    return {
      parameters: ['-p', prompt, '--auto', '--config', join(folder, 'cn.yaml')],
      environment: { CONTINUE_TELEMETRY_ENABLED: '0', CONTINUE_CLI_AUTO_UPDATE: '0' },
    };
  },
});

/** A program whose tool for reading shows pictures to the model. */
const reading = (program: Program, prefer: string): Program => ({ ...program, readsPictures: true, prefer });

/** In the order of the table. */
export const programs: readonly Program[] = [
  claude('coder'),
  claude('claude-sonnet-4-5'),
  reading(claude('coder'), 'read'),
  codexWith('coder'),
  reading(codexWith('coder'), 'view_image'),
  codexWith('gpt-6-astra', 'exec'),
  codexBuiltIn('coder'),
  codexOss('ollama', 'coder:latest'),
  codexOss('lmstudio', 'coder'),
  gemini('gemini-2.5-flash'),
  gemini('coder'),
  reading(gemini('gemini-2.5-flash'), 'read_file'),
  opencodeAs('openai-chat', 'chat', '@ai-sdk/openai-compatible', 'v1'),
  opencodeAs('openai-responses', 'responses', '@ai-sdk/openai', 'v1'),
  opencodeAs('anthropic-messages', 'anthropic', '@ai-sdk/anthropic', 'v1'),
  opencodeAs('gemini', 'gemini', '@ai-sdk/google', 'v1beta'),
  qwen('openai-chat', 'chat', 'openai'),
  qwen('openai-responses', 'responses', 'openai-responses'),
  qwen('anthropic-messages', 'anthropic', 'anthropic'),
  qwen('gemini', 'gemini', 'gemini'),
  piAs('openai-chat', 'chat', 'openai-completions', '/v1'),
  piAs('openai-responses', 'responses', 'openai-responses', '/v1'),
  piAs('anthropic-messages', 'anthropic', 'anthropic-messages', ''),
  piAs('gemini', 'gemini', 'google-generative-ai', '/v1beta'),
  reading(piAs('anthropic-messages', 'anthropic', 'anthropic-messages', ''), 'read'),
  reading(piAs('openai-responses', 'responses', 'openai-responses', '/v1'), 'read'),
  reading(piAs('gemini', 'gemini', 'google-generative-ai', '/v1beta'), 'read'),
  continueAs('openai-chat', 'chat', 'openai', '/v1'),
  continueAs('anthropic-messages', 'anthropic', 'anthropic', '/v1'),
  continueAs('ollama', 'ollama', 'ollama', ''),
];
