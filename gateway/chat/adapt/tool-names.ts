/** Names of tools as the client gave them and as a dialect allows them, one to one in both directions. */
import type { Abilities, ToolNameRule } from '../abilities.ts';
import type { CustomTool, FunctionTool, ToolDefinition } from '../request.ts';

/** A tool as the client knows it. */
export interface NamedTool {
  readonly name: string;
  readonly namespace?: string;
  readonly kind: 'function' | 'custom';
  /** Is it a custom tool that the upstream sees as a function? */
  readonly emulated: boolean;
}

type CallableTool = FunctionTool | CustomTool;
type ToolName = Pick<CallableTool, 'name' | 'namespace'>;

export class ToolNames {
  readonly #abilities: Abilities;
  readonly #forbidden: RegExp;
  /** By the client's name and namespace. */
  readonly #toWire = new Map<string, string>();
  readonly #fromWire = new Map<string, NamedTool>();
  /** By the client's name alone: of tools in namespaces. */
  readonly #byBareName = new Map<string, string[]>();
  /** The last number behind a name that several wanted. */
  readonly #numbers = new Map<string, number>();

  constructor(tools: readonly ToolDefinition[], abilities: Abilities) {
    this.#abilities = abilities;
    this.#forbidden = new RegExp(abilities.toolName.forbidden.source, 'gu');
    const callable = tools.filter((tool): tool is CallableTool => tool.kind !== 'native');
    // Names that may stay as they are come first: no other's substitute may take their place.
    for (const tool of callable) if (this.#mayStay(tool)) this.#add(tool);
    for (const tool of callable) this.#add(tool);
  }

  /** The name upstream; of a tool that is offered no more (an old call's), its nearest legal name. */
  toWire(name: string, namespace?: string): string {
    return (
      this.#toWire.get(keyOf(name, namespace)) ?? this.#legalName({ name, ...(namespace === undefined ? {} : { namespace }) })
    );
  }

  /** The names upstream of the offered tools that are meant, by a name alone of those in every namespace; it may be none. */
  wireNamesOf(name: string, namespace?: string): readonly string[] {
    const own = this.#toWire.get(keyOf(name, namespace));
    if (own !== undefined) return [own];
    return namespace === undefined ? (this.#byBareName.get(name) ?? []) : [];
  }

  /** The tool that the upstream called; null for one that was not offered. */
  fromWire(wireName: string): NamedTool | null {
    return this.#fromWire.get(wireName) ?? null;
  }

  #mayStay(tool: CallableTool): boolean {
    const plain = this.#plainName(tool);
    return plain === this.#legalName(tool) && !this.#fromWire.has(plain);
  }

  #add({ name, namespace, kind }: CallableTool): void {
    const key = keyOf(name, namespace);
    if (this.#toWire.has(key)) return;
    const placed = namespace === undefined ? {} : { namespace };
    const wire = this.#freeName(this.#legalName({ name, ...placed }));
    this.#toWire.set(key, wire);
    this.#fromWire.set(wire, { name, ...placed, kind, emulated: kind === 'custom' && !this.#abilities.customTools });
    if (namespace === undefined) return;
    const siblings = this.#byBareName.get(name);
    if (siblings) siblings.push(wire);
    else this.#byBareName.set(name, [wire]);
  }

  #plainName({ name, namespace }: ToolName): string {
    return namespace === undefined || this.#abilities.namespaces ? name : `${namespace}__${name}`;
  }

  #legalName(tool: ToolName): string {
    return makeLegal(this.#plainName(tool), this.#forbidden, this.#abilities.toolName);
  }

  /** The name, with a number behind it when it is taken. */
  #freeName(wanted: string): string {
    let name = wanted;
    let number = this.#numbers.get(wanted) ?? 1;
    while (this.#fromWire.has(name)) {
      number += 1;
      const suffix = `_${number}`;
      name = wanted.slice(0, this.#abilities.toolName.longest - suffix.length) + suffix;
    }
    if (number > 1) this.#numbers.set(wanted, number);
    return name;
  }
}

/** The length keeps apart whatever characters a name holds. */
const keyOf = (name: string, namespace: string | undefined): string =>
  namespace === undefined ? `:${name}` : `${namespace.length}:${namespace}${name}`;

function makeLegal(name: string, forbidden: RegExp, { letterFirst, longest }: ToolNameRule): string {
  const clean = name.replace(forbidden, '_') || '_';
  const begun = letterFirst && !/^[A-Za-z_]/.test(clean) ? `_${clean}` : clean;
  // The end of a long name tells it apart from its neighbours more often than its beginning.
  return begun.length <= longest
    ? begun
    : `${begun.slice(0, Math.ceil(longest / 2) - 1)}_${begun.slice(-Math.floor(longest / 2))}`;
}
