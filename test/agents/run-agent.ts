/** One agent's whole tool loop through the real gateway, to a scripted model of any dialect. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RequestItem } from '../../gateway/contract/records.ts';
import {
  agentProviders,
  agentScript,
  counts,
  finalText,
  type JournalEntry,
  missingSeals,
  upstreamModels,
  type UpstreamName,
} from '../support/agent-model/index.ts';
import { startScriptedUpstream } from '../support/scripted-upstream.ts';
import { makePicture } from '../support/make-picture.ts';
import { startGateway } from '../support/start-gateway.ts';
import { type Finished, runProgram } from './install-agent.ts';
import type { Program } from './programs.ts';

export interface AgentRun {
  readonly finished: Finished;
  readonly seconds: number;
  /** The log's rows, oldest first. */
  readonly rows: readonly RequestItem[];
  /** What the model was asked. */
  readonly journal: readonly JournalEntry[];
  /** What is wrong; empty for a sound run. */
  readonly problems: readonly string[];
}

/** Holds every letter that a shell, JSON, SSE and UTF-8 might break, but for the quotes of the shell. */
export const noteText = 'Written by an agent through Gatehouse: ünï 🍏 "quoted" \\ $HOME\n';
const timeoutMs = 60_000;
const noteNames = ['note.txt', 'second note.txt', 'third.txt'] as const;
const pictureNames = ['one.png', 'two.png', 'three.png'] as const;

/** @param command the program's path  @param upstream the provider behind every name that the program asks for */
export async function runAgent(program: Program, command: string, upstream: UpstreamName): Promise<AgentRun> {
  const root = mkdtempSync(join(tmpdir(), 'gatehouse-agent-'));
  const place = { folder: join(root, 'work'), home: join(root, 'home') };
  mkdirSync(place.folder);
  mkdirSync(place.home);
  const file = (name: string) => join(place.folder, name);
  const names = program.readsPictures ? pictureNames : noteNames;
  const files = [file(names[0]), file(names[1]), file(names[2])] as const;
  if (program.readsPictures) files.forEach((path, shade) => writeFileSync(path, makePicture(shade)));
  const journal: JournalEntry[] = [];
  const script = agentScript({ files, content: noteText }, program.prefer === undefined ? [] : [program.prefer], journal);
  await using model = await startScriptedUpstream(script);
  await using gateway = await startGateway({
    config: {
      version: 1,
      access: { requireKey: !program.withoutKey },
      providers: agentProviders(model.origin),
      aliases: aliasesTo(upstream, program.model),
    },
  });
  try {
    const facts = { url: gateway.url, key: gateway.clientKey, model: program.model };
    const { parameters, environment } = program.command(facts, place);
    const startedAtMs = performance.now();
    const finished = await runProgram(command, parameters, {
      folder: place.folder,
      environment: { PATH: process.env.PATH, TERM: 'dumb', ...homes(place.home), ...noNetwork, ...environment },
      timeoutMs,
    });
    const seconds = (performance.now() - startedAtMs) / 1000;
    const rows = (await gateway.call('requests.list', { limit: 100 })).items.toReversed();
    const read = (path: string) => (existsSync(path) ? readFileSync(path, program.readsPictures ? 'base64' : 'utf8') : null);
    const written = files.map(read);
    return { finished, seconds, rows, journal, problems: problemsOf(program, { finished, rows, journal, written }) };
  } finally {
    rmSync(root, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Names that programs ask for beside the one they were told. */
const sideModels = [
  'claude-haiku-4-5',
  'claude-haiku-4-5-20251001',
  'gemini-2.5-flash',
  'gemini-2.5-flash-lite',
  'gemini-3.1-flash-lite',
];

function aliasesTo(upstream: UpstreamName, model: string) {
  const targets = [`${upstream}/${upstreamModels[upstream]}`];
  return Object.fromEntries([model, ...sideModels].map((name) => [name, { targets }]));
}

const homes = (home: string) => ({
  HOME: home,
  USERPROFILE: home,
  XDG_CONFIG_HOME: join(home, '.config'),
  XDG_DATA_HOME: join(home, '.local', 'share'),
  XDG_CACHE_HOME: join(home, '.cache'),
  XDG_STATE_HOME: join(home, '.local', 'state'),
  CONTINUE_GLOBAL_DIR: join(home, '.continue'),
});

/** Whoever asks beyond this machine is answered by a closed port. */
const noNetwork = {
  HTTP_PROXY: 'http://127.0.0.1:9',
  HTTPS_PROXY: 'http://127.0.0.1:9',
  http_proxy: 'http://127.0.0.1:9',
  https_proxy: 'http://127.0.0.1:9',
  NO_PROXY: '127.0.0.1,localhost',
  no_proxy: '127.0.0.1,localhost',
};

interface Outcome extends Pick<AgentRun, 'finished' | 'rows' | 'journal'> {
  readonly written: readonly (string | null)[];
}

function problemsOf(program: Program, { finished, rows, journal, written }: Outcome): string[] {
  const turns = journal.map(({ asked, turn }) => `${asked.results.length}:${turn.calls.length}`).filter((one) => one !== '0:0');
  const unwritten = program.readsPictures ? [] : written.filter((text) => text !== noteText);
  const seen = JSON.stringify(journal.at(-1)?.body ?? {});
  const unseen = program.readsPictures ? written.filter((data) => data !== null && !seen.includes(data)) : [];
  const failed = rows.filter(({ state }) => state !== 'ok');
  const counted = rows.filter(({ usage }) => usage.inputTokens === counts.input && usage.outputTokens === counts.output);
  const said = `${finished.stdout}\n${finished.stderr}`;
  return [
    ...(finished.code === 0 ? [] : [finished.code === null ? 'it never ended' : `it ended with code ${finished.code}`]),
    ...unwritten.map((text) => (text === null ? 'a file was not written' : `a file holds ${JSON.stringify(text)}`)),
    ...unseen.map(() => 'a picture did not reach the model'),
    ...(holds(said, finalText) ? [] : ['the final answer was not shown']),
    ...(turns.join(' ') === '0:2 2:1 3:0' ? [] : [`results and calls of its turns were ${turns.slice(0, 9).join(' ')}`]),
    ...failed.map((row) => `${row.state} ${row.status} ${row.requestedModel}: ${row.errorKind} ${row.errorMessage}`),
    ...(counted.length === journal.length ? [] : [`tokens stand in ${counted.length} of ${journal.length} rows`]),
    ...new Set(journal.flatMap(({ asked }) => asked.faults)),
    ...(program.dropsThoughts ? [] : new Set(journal.flatMap(({ asked }) => missingSeals(asked)))),
  ];
}

/** Shown as it is, or as a JSON string. */
function holds(shown: string, text: string): boolean {
  return shown.includes(text) || shown.includes(JSON.stringify(text).slice(1, -1));
}
