/** Reads the tool calls of one choice from their pieces, in every way that OpenAI's relatives cut them. */
import { GatewayError } from '../../../../chat/error.ts';
import type { ChatEvent } from '../../../../chat/event.ts';
import type { Seal } from '../../../../chat/seal.ts';
import { type Fields, isFields } from '../../../json/fields.ts';
import { decodeCallSeal } from '../request/decode-messages.ts';

interface Call {
  readonly index: number;
  readonly kind: 'function' | 'custom';
  id: string;
  name: string;
  seal: Seal | null;
  started: boolean;
  /** What came before the name. */
  waiting: string;
}

/** What a piece says of a call. */
interface Piece {
  /** The provider's own number; null where it gives none. */
  readonly position: number | null;
  readonly id: string;
  readonly kind: 'function' | 'custom';
  readonly name: string;
  readonly input: string;
  readonly seal: Seal | null;
}

export class ToolCallDecoder {
  readonly #choice: number;
  readonly #answerId: string;
  readonly #calls: Call[] = [];
  /** The latest of each number of the provider's, and the first of each id. */
  readonly #byPosition = new Map<number, Call>();
  readonly #byId = new Map<string, Call>();

  constructor(choice: number, answerId: string) {
    this.#choice = choice;
    this.#answerId = answerId;
  }

  get count(): number {
    return this.#calls.length;
  }

  /** @param message a delta or a whole message */
  push(message: Fields): readonly ChatEvent[] {
    const pieces = Array.isArray(message.tool_calls) ? message.tool_calls.filter(isFields).map(readPiece) : [];
    const legacy = isFields(message.function_call) ? [readLegacyPiece(message.function_call)] : [];
    return [...pieces, ...legacy].flatMap((piece) => this.#take(piece));
  }

  /** @throws GatewayError `upstream-protocol` when a call never got a name: nobody could answer it */
  close(): readonly ChatEvent[] {
    if (this.#calls.some(({ started }) => !started)) throw new GatewayError('upstream-protocol', 'a tool call has no name');
    return [];
  }

  #take(piece: Piece): readonly ChatEvent[] {
    const call = this.#callOf(piece);
    if (call.started) return this.#input(call, piece.input);
    call.id ||= piece.id;
    if (!this.#byId.has(call.id)) this.#byId.set(call.id, call);
    call.name ||= piece.name;
    call.seal ??= piece.seal;
    call.waiting += piece.input;
    if (call.name === '') return [];
    call.started = true;
    return [this.#start(call), ...this.#input(call, call.waiting)];
  }

  #start({ index, id, name, kind, seal }: Call): ChatEvent {
    const named = id || this.#makeId(index);
    return { type: 'tool-start', index, id: named, name, kind, ...(seal ? { seal } : {}), ...this.#of() };
  }

  #input({ index }: Call, text: string): readonly ChatEvent[] {
    return text === '' ? [] : [{ type: 'tool-input', index, text, ...this.#of() }];
  }

  #of(): { readonly choice?: number } {
    return this.#choice === 0 ? {} : { choice: this.#choice };
  }

  #callOf(piece: Piece): Call {
    const known = this.#find(piece);
    if (known) return known;
    const { position, kind } = piece;
    const call: Call = { index: this.#calls.length, kind, id: '', name: '', seal: null, started: false, waiting: '' };
    this.#calls.push(call);
    if (position !== null) this.#byPosition.set(position, call);
    return call;
  }

  /** By number, else by id, else the last. A second whole call under the number of the first is another one (Gemini). */
  #find({ position, id, name }: Piece): Call | undefined {
    if (position === null && id !== '') return this.#byId.get(id);
    if (position === null) return name === '' ? this.#calls.at(-1) : undefined;
    const known = this.#byPosition.get(position);
    if (!known?.started || name === '') return known;
    const isOther = name !== known.name || (id !== '' && known.id !== '' && id !== known.id);
    return isOther ? undefined : known;
  }

  /** Some give no ids; the same answer always gets the same, and no other answer does. */
  #makeId(index: number): string {
    const answer = this.#answerId.replace(/[^A-Za-z0-9]/g, '').slice(-24);
    return `call_${answer}_${this.#choice}_${index}`;
  }
}

function readPiece(call: Fields): Piece {
  const isCustom = call.type === 'custom' || isFields(call.custom);
  const called = isCustom ? call.custom : call.function;
  const { name, arguments: given, input } = isFields(called) ? called : {};
  return {
    position: typeof call.index === 'number' ? call.index : null,
    id: typeof call.id === 'string' ? call.id : '',
    kind: isCustom ? 'custom' : 'function',
    name: typeof name === 'string' ? name : '',
    input: readInput(isCustom ? input : given),
    seal: decodeCallSeal(call).seal ?? null,
  };
}

/** The form before there were several calls. Its one call stands behind every number that a provider gives. */
function readLegacyPiece({ name, arguments: given }: Fields): Piece {
  const named = typeof name === 'string' ? name : '';
  return { position: -1, id: '', kind: 'function', name: named, input: readInput(given), seal: null };
}

/** Some write the arguments as an object instead of as its text. */
function readInput(value: unknown): string {
  if (typeof value === 'string') return value;
  return isFields(value) ? JSON.stringify(value) : '';
}
