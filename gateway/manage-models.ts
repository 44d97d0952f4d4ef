/** Lets named clients fetch, copy and delete models of the local engine through the Ollama door, and nobody else. */
import { GatewayError } from './chat/error.ts';
import { CallError } from './contract/call-error.ts';
import { localModelNameSchema } from './contract/local-engine/calls.ts';
import { mayUse } from './decision/policy/allowed-models.ts';
import { OllamaError } from './ollama/ask-ollama.ts';
import { fullName } from './ollama/models/pull-queue.ts';
import type { RunningLocalEngine } from './running-local-engine.ts';
import type { ManageModels, ManageRequest } from './server/manage-models.ts';

/** @param local null before it is made */
export function manageModelsOf(local: () => RunningLocalEngine | null): ManageModels {
  return async function* manage(asked) {
    const running = local();
    const { client, action } = asked;
    if (running === null || client === null || !running.settings().modelManagers.includes(client.name)) throw refused(client);
    const [model, destination] = modelsOf(asked, running);
    try {
      if (action === 'pull') yield* running.follow(model);
      else if (action === 'delete') await running.models.delete(model);
      // Its programs know that a copy takes the place of what has its name.
      else await running.models.replace(model, destination);
    } catch (error) {
      throw inWords(error);
    }
  };
}

/** The model that is meant and, of a copy, its new name: both such as the key may use. @throws GatewayError */
function modelsOf({ action, body, client }: ManageRequest, running: RunningLocalEngine): [model: string, destination: string] {
  const { providerId } = running.engine.state();
  if (providerId === null) throw new GatewayError('upstream-connect', 'no local engine runs; start it in Gatehouse');
  const first = action === 'copy' ? 'source' : body.model === undefined ? 'name' : 'model';
  const model = modelName(body, first, providerId);
  const destination = action === 'copy' ? modelName(body, 'destination', providerId) : model;
  for (const one of [model, destination]) {
    if (mayUse(client?.allowedModels ?? null, providerId, one)) continue;
    throw new GatewayError('model-not-allowed', `this key may not use ${providerId}/${one}`, { field: first });
  }
  return [model, destination];
}

/** Ollama's own words are what its programs show. */
function inWords(error: unknown): unknown {
  if (error instanceof OllamaError) return new GatewayError('upstream-failed', error.message, { cause: error });
  if (!(error instanceof CallError)) return error;
  return new GatewayError(error.kind === 'not-found' ? 'unknown-model' : 'upstream-failed', error.message, { cause: error });
}

function refused(client: ManageRequest['client']): GatewayError {
  const who = client === null ? 'A request without a key' : `The key "${client.name}"`;
  const words = `${who} may not fetch, copy or delete models; name it under localEngine.modelManagers in the config to let it.`;
  return new GatewayError('denied-by-policy', words);
}

/** Lists name it with its provider before it, and Ollama's own programs without. @throws GatewayError */
function modelName(body: ManageRequest['body'], field: string, providerId: string): string {
  const said = body[field];
  const bare = typeof said === 'string' && said.startsWith(`${providerId}/`) ? said.slice(providerId.length + 1) : said;
  const read = localModelNameSchema.safeParse(bare);
  if (!read.success) throw new GatewayError('bad-request', `the field ${field} is missing or is not a name`, { field });
  return fullName(read.data);
}
