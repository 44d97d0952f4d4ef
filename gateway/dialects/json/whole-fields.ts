/** Reads a few fields of a whole answer, whose JSON is found sound without parsing the rest. */
import { GatewayError } from '../../chat/error.ts';
import { JsonStructureError, type ScannedObject, scanFields } from './scan-fields.ts';

/** By name; a field that is missing is null. */
export interface WholeFields {
  /** As the provider wrote it. */
  json(name: string): string | null;
  /** @throws GatewayError `upstream-protocol` when what stands in it is broken */
  value(name: string): unknown;
}

/** @throws GatewayError `upstream-truncated` when the JSON breaks off, `upstream-protocol` when it is no object */
export function readWholeFields(body: Buffer, names: readonly string[]): WholeFields {
  const { fields } = scan(body, names);
  const json = (name: string): string | null => {
    const range = fields.get(name);
    return range ? body.toString('utf8', range.start, range.end) : null;
  };
  return { json, value: (name) => parse(json(name), name) };
}

function scan(body: Buffer, names: readonly string[]): ScannedObject {
  try {
    return scanFields(body, names);
  } catch (error) {
    if (!(error instanceof JsonStructureError)) throw error;
    const kind = error.isCut ? 'upstream-truncated' : 'upstream-protocol';
    throw new GatewayError(kind, `the provider's answer is not sound JSON: ${error.message}`, { cause: error });
  }
}

function parse(json: string | null, name: string): unknown {
  if (json === null) return null;
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new GatewayError('upstream-protocol', `the provider's answer holds a broken field ${name}`, { cause });
  }
}
