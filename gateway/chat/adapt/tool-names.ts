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

export class ToolNames {
  readonly #abilities: Abilities;
  /** By the client's name, its namespace before it. */
  readonly #toWire = new Map<string, string>();
  readonly #fromWire = new Map<string, NamedTool>();

  constructor(tools: readonly ToolDefinition[], abilities: Abilities) {
    this.#abilities = abilities;
    const callable = tools.filter((tool): tool is CallableTool => tool.kind !== 'native');
    // Names that may stay as they are come first: no other's substitute may take their place.
    for (const tool of callable) if (this.#plainName(tool) === this.#legalName(tool)) this.#add(tool);
    for (const tool of callable) this.#add(tool);
  }

  /** The name upstream; of a tool that is offered no more (an old call's), its nearest legal name. */
  toWire(name: string, namespace?: string): string {
    return (
      this.#toWire.get(keyOf(name, namespace)) ?? this.#legalName({ name, ...(namespace === undefined ? {} : { namespace }) })
    );
  }

  /** The tool that the upstream called; null for one that was not offered. */
  fromWire(wireName: string): NamedTool | null {
    return this.#fromWire.get(wireName) ?? null;
  }

  /** Does the upstream see the namespace apart from the name? */
  get keepsNamespaces(): boolean {
    return this.#abilities.namespaces;
  }

  #add({ name, namespace, kind }: CallableTool): void {
    const key = keyOf(name, namespace);
    if (this.#toWire.has(key)) return;
    const emulated = kind === 'custom' && !this.#abilities.customTools;
    const wire = this.#freeName(this.#legalName({ name, ...(namespace === undefined ? {} : { namespace }) }));
    this.#toWire.set(key, wire);
    this.#fromWire.set(wire, { name, ...(namespace === undefined ? {} : { namespace }), kind, emulated });
  }

  #plainName({ name, namespace }: Pick<CallableTool, 'name' | 'namespace'>): string {
    return namespace === undefined || this.#abilities.namespaces ? name : `${namespace}__${name}`;
  }

  #legalName(tool: Pick<CallableTool, 'name' | 'namespace'>): string {
    return makeLegal(this.#plainName(tool), this.#abilities.toolName);
  }

  /** The name, with a number behind it when it is taken. */
  #freeName(wanted: string): string {
    let name = wanted;
    for (let number = 2; this.#fromWire.has(name); number += 1) {
      const suffix = `_${number}`;
      name = wanted.slice(0, this.#abilities.toolName.longest - suffix.length) + suffix;
    }
    return name;
  }
}

/** No tool's name holds a line break. */
const keyOf = (name: string, namespace: string | undefined): string => (namespace === undefined ? name : `${namespace}\n${name}`);

function makeLegal(name: string, { forbidden, letterFirst, longest }: ToolNameRule): string {
  const clean = name.replace(new RegExp(forbidden.source, 'gu'), '_') || '_';
  const begun = letterFirst && !/^[A-Za-z_]/.test(clean) ? `_${clean}` : clean;
  // The end of a long name tells it apart from its neighbours more often than its beginning.
  return begun.length <= longest
    ? begun
    : `${begun.slice(0, Math.ceil(longest / 2) - 1)}_${begun.slice(-Math.floor(longest / 2))}`;
}
