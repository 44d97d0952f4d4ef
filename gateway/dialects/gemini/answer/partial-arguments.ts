/**
 * Gathers a call's arguments that Vertex streams in pieces, each with the place it belongs to:
 * https://docs.cloud.google.com/vertex-ai/generative-ai/docs/multimodal/function-calling#streaming-function-call-arguments
 */
import { GatewayError } from '../../../chat/error.ts';
import { type Fields, isFields } from '../../json/fields.ts';

type Container = Record<string, unknown> | unknown[];
type Step = string | number;

/** A hostile place must not make a list of a billion gaps. */
const mostGaps = 1000;
const longestPath = 64;

export class PartialArguments {
  readonly #root: Record<string, unknown>;

  /** @param begun arguments that came whole */
  constructor(begun: Fields) {
    this.#root = { ...begun };
  }

  /**
   * A text goes on where the same place has one; other values are whole.
   * @param piece `{jsonPath: "$.a[0]", stringValue | numberValue | boolValue | nullValue}`
   * @throws GatewayError `upstream-protocol` for a place that cannot be
   */
  add(piece: Fields): void {
    const path = readPath(piece['jsonPath']);
    const last = path.pop();
    if (last === undefined) throw wrongPlace(piece['jsonPath']);
    let container: Container = this.#root;
    for (const [index, step] of path.entries()) container = enter(container, step, path[index + 1] ?? last);
    const before = read(container, last);
    const value = valueOf(piece);
    write(container, last, typeof value === 'string' && typeof before === 'string' ? before + value : value);
  }

  json(): string {
    return JSON.stringify(this.#root);
  }
}

function valueOf(piece: Fields): unknown {
  for (const name of ['stringValue', 'numberValue', 'boolValue']) if (piece[name] !== undefined) return piece[name];
  return null;
}

/** `$.a.b[0]['c d']` */
function readPath(path: unknown): Step[] {
  if (typeof path !== 'string' || !path.startsWith('$')) throw wrongPlace(path);
  const steps: Step[] = [];
  const step = /\.([^.[\]]+)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/gy;
  step.lastIndex = 1;
  while (step.lastIndex < path.length) {
    const [, name, index, single, double] = step.exec(path) ?? [];
    const quoted = single ?? double;
    if (name !== undefined) steps.push(name);
    else if (index !== undefined) steps.push(Number(index));
    else if (quoted !== undefined) steps.push(quoted.replace(/\\(.)/g, '$1'));
    else throw wrongPlace(path);
    if (steps.length > longestPath) throw wrongPlace(path);
  }
  return steps;
}

function read(container: Container, step: Step): unknown {
  if (Array.isArray(container)) return typeof step === 'number' ? container[step] : undefined;
  return Object.hasOwn(container, step) ? container[step] : undefined;
}

function write(container: Container, step: Step, value: unknown): void {
  if (Array.isArray(container)) {
    if (typeof step !== 'number' || step > container.length + mostGaps) throw wrongPlace(step);
    while (container.length < step) container.push(null);
    container[step] = value;
  } else {
    Object.defineProperty(container, step, { value, enumerable: true, configurable: true, writable: true });
  }
}

/** The list or object at this step, made when it is missing; the step behind tells which. */
function enter(container: Container, step: Step, next: Step): Container {
  const inner = read(container, step);
  if (Array.isArray(inner)) return inner;
  if (isRecord(inner)) return inner;
  const made: Container = typeof next === 'number' ? [] : {};
  write(container, step, made);
  return made;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return isFields(value);
}

function wrongPlace(place: unknown): GatewayError {
  const words = (JSON.stringify(place) ?? '').slice(0, 100);
  return new GatewayError('upstream-protocol', `The provider sent an argument for a place that cannot be: ${words}.`);
}
