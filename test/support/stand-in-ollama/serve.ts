/** `ollama serve` of the stand-in: the routes of Ollama's server over models on the disk and in memory. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { details, psLine } from './answers.ts';
import { type Behaviour, readBehaviour } from './behaviour.ts';
import { answerOpenAi, answerVectors, answerWords, type ModelPlace } from './chat.ts';
import { pullModel } from './pull.ts';
import { answerJson, type Body, lines, note, readBody } from './requests.ts';
import { ModelRefusal, Runners } from './runners.ts';
import { ModelStore } from './store.ts';

type Answer = (body: Body, response: ServerResponse) => void | Promise<void>;

/** @param folder of the executable @returns never: it serves until it is ended */
export function serve(folder: string, environment: NodeJS.ProcessEnv): void {
  const behaviour = (): Behaviour => readBehaviour(folder);
  const start = behaviour();
  if (start.exitAtOnce !== null) {
    process.stderr.write('Error: listen tcp 127.0.0.1:11434: bind: address already in use\n');
    process.exit(start.exitAtOnce);
  }
  const store = new ModelStore(environment.OLLAMA_MODELS ?? join(homedir(), '.ollama', 'models'));
  if (environment.OLLAMA_NOPRUNE !== '1') store.prune();
  const place: ModelPlace = { store, runners: new Runners(behaviour), environment, behaviour };
  const routes = routesOf(place);
  const server = createServer((request, response) => {
    if (behaviour().hangs) return;
    void answer(folder, routes, request, response);
  });
  process.on('SIGTERM', () => {
    if (!behaviour().ignoresTerm) end(place.runners);
  });
  process.on('SIGINT', () => end(place.runners));
  const [host = '127.0.0.1', port = '11434'] = (environment.OLLAMA_HOST ?? '').replace(/^https?:\/\//, '').split(':');
  server.on('error', (error) => {
    process.stderr.write(`Error: listen tcp ${host}:${port}: ${error.message}\n`);
    process.exit(1);
  });
  setTimeout(() => {
    server.listen(Number(port), host || '127.0.0.1', () => {
      const at = new Date().toISOString();
      process.stderr.write(`time=${at} level=INFO msg="Listening on ${host}:${port} (version ${start.version})"\n`);
      process.stderr.write(
        `time=${at} level=INFO msg="inference compute" id=cpu library=cpu compute="" name=cpu description=cpu total="15.6 GiB" available="11.2 GiB"\n`,
      );
      if (start.exitAfterMs !== null) setTimeout(() => process.exit(2), start.exitAfterMs);
    });
  }, start.startDelayMs);
}

/** As Ollama does when it is asked to: its runners go first. */
function end(runners: Runners): void {
  for (const { model } of runners.list()) runners.unload(model.name);
  process.exit(0);
}

async function answer(
  folder: string,
  routes: ReadonlyMap<string, Answer>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://ollama').pathname;
  const { method = 'GET' } = request;
  try {
    const body = await readBody(request);
    note(folder, { method, path, body });
    const route = routes.get(`${method === 'HEAD' ? 'GET' : method} ${path}`);
    if (!route) return void response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found');
    await route(body, response);
  } catch (error) {
    if (response.destroyed) return;
    const status = error instanceof ModelRefusal ? error.status : 400;
    const message = error instanceof Error ? error.message : String(error);
    if (path.startsWith('/v1/')) answerJson(response, status, { error: { message, type: 'api_error', param: null, code: null } });
    else answerJson(response, status, { error: message });
  }
}

function routesOf(place: ModelPlace): ReadonlyMap<string, Answer> {
  return new Map<string, Answer>([
    ['GET /', (_body, response) => void response.writeHead(200, { 'content-type': 'text/plain' }).end('Ollama is running')],
    ['GET /api/version', (_body, response) => answerJson(response, 200, { version: place.behaviour().version })],
    [
      'GET /api/status',
      (_body, response) =>
        answerJson(response, 200, { cloud: { disabled: place.environment.OLLAMA_NO_CLOUD === '1', source: 'env' } }),
    ],
    ...modelRoutes(place),
    ['POST /api/chat', (body, response) => answerWords('chat', body, place, response)],
    ['POST /api/generate', (body, response) => answerWords('generate', body, place, response)],
    ['POST /api/embed', (body, response) => answerVectors('embed', body, place, response)],
    ['POST /api/embeddings', (body, response) => answerVectors('embeddings', body, place, response)],
    ['POST /v1/chat/completions', (body, response) => answerOpenAi('chat', body, place, response)],
    ['POST /v1/embeddings', (body, response) => answerOpenAi('embeddings', body, place, response)],
  ]);
}

function modelRoutes(place: ModelPlace): [string, Answer][] {
  const { store, runners } = place;
  const found = (name: unknown) => {
    const model = store.find(String(name));
    if (!model) throw new ModelRefusal(404, `model '${String(name)}' not found`);
    return model;
  };
  return [
    ['GET /api/tags', (_body, response) => answerJson(response, 200, { models: store.list().map(tagLine) })],
    ['GET /api/ps', (_body, response) => answerJson(response, 200, { models: runners.list().map(psLine) })],
    ['POST /api/show', (body, response) => answerJson(response, 200, showLine(found(body.model ?? body.name)))],
    ['POST /api/pull', (body, response) => pull(body, place, response)],
    [
      'DELETE /api/delete',
      (body, response) => {
        const { name } = found(body.model ?? body.name);
        runners.unload(name);
        store.delete(name);
        response.writeHead(200).end();
      },
    ],
    [
      'POST /api/copy',
      (body, response) => {
        const { layers, facts } = found(body.source);
        store.write(String(body.destination), layers, facts);
        response.writeHead(200).end();
      },
    ],
  ];
}

function tagLine(model: ReturnType<ModelStore['list']>[number]) {
  const { name, modifiedAt, size, digest, facts } = model;
  return { name, model: name, modified_at: modifiedAt, size, digest, details: details(model), capabilities: facts.capabilities };
}

function showLine(model: ReturnType<ModelStore['list']>[number]) {
  const { family, contextLength, capabilities } = model.facts;
  return {
    license: 'Apache License',
    modelfile: `FROM ${model.name}`,
    parameters: 'temperature                    0.6',
    template: '{{ .Prompt }}',
    details: details(model),
    model_info: { 'general.architecture': family, [`${family}.context_length`]: contextLength },
    capabilities,
    modified_at: model.modifiedAt,
  };
}

async function pull(body: Body, { store, behaviour }: ModelPlace, response: ServerResponse): Promise<void> {
  const said: object[] = [];
  const isStream = body.stream !== false;
  const write = isStream ? lines(response) : (line: object) => void said.push(line);
  const name = String(body.model ?? body.name ?? '');
  await pullModel(name, {
    store,
    behaviour,
    isGone: () => response.destroyed,
    say: write,
    cut: () => response.destroy(),
  });
  if (isStream) return void response.end();
  const last = said.at(-1) ?? {};
  answerJson(response, 'error' in last ? 500 : 200, last);
}
