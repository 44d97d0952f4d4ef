/** Tools and the choice among them, as each dialect can say them. */
import { describe, expect, test } from 'vitest';
import type { Abilities } from '../../../../gateway/chat/abilities.ts';
import { adaptRequest } from '../../../../gateway/chat/adapt/adapt-request.ts';
import { ToolNames } from '../../../../gateway/chat/adapt/tool-names.ts';
import { FidelityNotes } from '../../../../gateway/chat/fidelity.ts';
import type { ChatRequest, ToolChoice, ToolDefinition } from '../../../../gateway/chat/request.ts';
import { ableDialect, plainRequest } from './any-request.ts';

const one: ToolDefinition = { kind: 'function', name: 'one', description: null, parameters: {} };
const two: ToolDefinition = { kind: 'function', name: 'two', description: null, parameters: {} };
const custom: ToolDefinition = { kind: 'custom', name: 'patch', description: 'Patches.', cache: { ttl: null } };
const search: ToolDefinition = { kind: 'native', dialect: 'Two', name: 'search', json: {} };

function adapt(request: Partial<ChatRequest>, lacks: Partial<Abilities>) {
  const notes = new FidelityNotes();
  const { tools, toolChoice } = adaptRequest({ ...plainRequest, ...request }, ableDialect(lacks), notes).request;
  const said = [...notes.emulated, ...notes.dropped].map(({ field }) => field);
  return { tools: tools.map(({ name }) => name), toolChoice, said };
}

const choosing = (toolChoice: ToolChoice, ...can: ('none' | 'required' | 'tool' | 'allowed')[]) =>
  adapt({ tools: [one, two], toolChoice }, { toolChoices: new Set(can) });

const auto = { type: 'auto' } as const;
const required = { type: 'required' } as const;
const demand = { type: 'tool', name: 'one' } as const;
const allowed = (mode: 'auto' | 'required', ...names: string[]) => ({ type: 'allowed', mode, names }) as const;

describe('a choice that the dialect cannot say is said by the tools', () => {
  test.each<[string, ToolChoice, ('none' | 'required' | 'tool' | 'allowed')[], string[], ToolChoice, string[]]>([
    ['none, by offering none', { type: 'none' }, [], [], auto, ['tool_choice']],
    ['none, where there is the word', { type: 'none' }, ['none'], ['one', 'two'], { type: 'none' }, []],
    ['required, where there is the word', required, ['required'], ['one', 'two'], required, []],
    ['required, by nothing', required, ['none'], ['one', 'two'], auto, ['tool_choice']],
    ['one tool, where there is the word', demand, ['tool'], ['one', 'two'], demand, []],
    ['one tool, by demanding the only one offered', demand, ['required'], ['one'], required, ['tool_choice']],
    ['one tool, by offering it alone', demand, [], ['one'], auto, ['tool_choice', 'tool_choice']],
    ['some tools, by offering them alone', allowed('auto', 'two'), ['tool'], ['two'], auto, ['tool_choice']],
    ['one of some tools', allowed('required', 'two'), ['required'], ['two'], required, ['tool_choice']],
    [
      'one of some tools, where nothing can be demanded',
      allowed('required', 'two'),
      [],
      ['two'],
      auto,
      ['tool_choice', 'tool_choice'],
    ],
    [
      'some tools, where there is the word',
      allowed('auto', 'two', 'one'),
      ['allowed'],
      ['one', 'two'],
      allowed('auto', 'two', 'one'),
      [],
    ],
  ])('%s', (_what, choice, can, tools, toolChoice, said) => {
    expect(choosing(choice, ...can)).toEqual({ tools, toolChoice, said });
  });
});

describe('a choice of what is not offered', () => {
  test.each([[['tool']], [['required']], [[]]] as const)('leaves the model its choice among all, with %j', (can) => {
    const made = choosing({ type: 'tool', name: 'search' }, ...can);
    expect(made).toEqual({ tools: ['one', 'two'], toolChoice: auto, said: ['tool_choice'] });
  });

  test('is no choice of another tool whose name is the nearest legal one', () => {
    const request = { tools: [one], toolChoice: { type: 'tool', name: 'ne', namespace: 'o' } } as const;
    expect(adapt(request, {}).toolChoice).toEqual(auto);
    expect(choosing({ type: 'tool', name: '__proto__' }, 'tool').toolChoice).toEqual(auto);
  });

  test('leaves nothing to call when nothing else was allowed', () => {
    const made = choosing(allowed('auto', 'gone'), 'allowed');
    expect(made).toEqual({ tools: [], toolChoice: auto, said: ['tool_choice', 'tool_choice.names'] });
  });

  test('is left out of those allowed', () => {
    const made = choosing(allowed('required', 'gone', 'one'), 'allowed');
    expect(made).toEqual({ tools: ['one', 'two'], toolChoice: allowed('required', 'one'), said: ['tool_choice.names'] });
  });

  test('is noted when every tool was run by another provider', () => {
    const made = adapt({ tools: [search], toolChoice: required }, {});
    expect(made).toEqual({ tools: [], toolChoice: auto, said: ['tools.*', 'tool_choice'] });
    expect(adapt({ tools: [search], toolChoice: { type: 'none' } }, {}).said).toEqual(['tools.*']);
  });
});

describe('tools in namespaces', () => {
  const spaced: ToolDefinition = { ...one, namespace: 'a' };
  const other: ToolDefinition = { ...one, namespace: 'b' };
  const flat = { namespaces: false };

  test('carry their namespace in the name, and a choice finds them with it', () => {
    const request = { tools: [spaced, other], toolChoice: { type: 'tool', name: 'one', namespace: 'b' } } as const;
    expect(adapt(request, flat)).toMatchObject({ tools: ['a__one', 'b__one'], toolChoice: { type: 'tool', name: 'b__one' } });
  });

  test('are found by their name alone in a choice that names no namespace', () => {
    expect(adapt({ tools: [spaced, two], toolChoice: demand }, flat).toolChoice).toEqual({ type: 'tool', name: 'a__one' });
    expect(adapt({ tools: [spaced, other, two], toolChoice: demand }, flat)).toMatchObject({
      tools: ['a__one', 'b__one'],
      toolChoice: required,
    });
    const { toolChoice } = adapt({ tools: [spaced, other, two], toolChoice: allowed('auto', 'one') }, flat);
    expect(toolChoice).toEqual(allowed('auto', 'a__one', 'b__one'));
  });

  test('keep it as functions that stand for custom tools', () => {
    const request = { ...plainRequest, tools: [{ ...custom, namespace: 'a' }] };
    const { tools } = adaptRequest(request, ableDialect({ customTools: false }), new FidelityNotes()).request;
    expect(tools).toMatchObject([{ kind: 'function', name: 'patch', namespace: 'a', cache: { ttl: null } }]);
  });
});

test('a custom tool becomes a function of one text, its grammar among the words', () => {
  const tool: ToolDefinition = {
    kind: 'custom',
    name: 'patch',
    description: 'Patches.',
    grammar: { syntax: 'lark', definition: 'start: x' },
  };
  const { tools } = adaptRequest(
    { ...plainRequest, tools: [tool] },
    ableDialect({ customTools: false }),
    new FidelityNotes(),
  ).request;
  expect(tools).toEqual([
    {
      kind: 'function',
      name: 'patch',
      description: 'Patches.\n\nIts input follows this lark grammar:\nstart: x',
      parameters: {
        type: 'object',
        properties: { input: { type: 'string', description: expect.any(String) } },
        required: ['input'],
        additionalProperties: false,
      },
    },
  ]);
});

describe('names', () => {
  const named = (...names: string[]): ToolDefinition[] => names.map((name) => ({ ...one, name }));
  const wire = (tools: ToolDefinition[], lacks: Partial<Abilities> = {}) => {
    const names = new ToolNames(tools, ableDialect(lacks));
    return tools.map((tool) => (tool.kind === 'native' ? '' : names.toWire(tool.name, tool.namespace)));
  };

  test('that are legal stay, whatever others become, and wherever they stand', () => {
    expect(wire(named('a.b', 'a b', 'a_b', 'a_b_2'))).toEqual(['a_b_3', 'a_b_4', 'a_b', 'a_b_2']);
    const spaced: ToolDefinition[] = [{ ...one, namespace: 'a' }, { ...one, namespace: 'b' }, ...named('one_2')];
    expect(wire(spaced)).toEqual(['one', 'one_3', 'one_2']);
  });

  test('that are too long keep both their ends, and differ', () => {
    const start = 'x'.repeat(40);
    const [first = '', second = ''] = wire(named(`${start}_1_${start}`, `${start}_2_${start}`));
    expect([first.length, second.length]).toEqual([64, 64]);
    expect(second).toBe(`${first.slice(0, 62)}_2`);
  });

  test('that hold what parts names from namespaces are not taken for one another', () => {
    const tools: ToolDefinition[] = [{ ...one, name: 'x', namespace: 'n' }, ...named('n\nx', 'n__x', '1:nx')];
    expect(new Set(wire(tools, { namespaces: false })).size).toBe(4);
  });

  test('that every object has are names like others', () => {
    const inherited = ['__proto__', 'constructor', 'toString'];
    expect(wire(named(...inherited))).toEqual(inherited);
    expect(new ToolNames([], ableDialect()).fromWire('constructor')).toBeNull();
    expect(new ToolNames([], ableDialect()).wireNamesOf('__proto__')).toEqual([]);
  });

  test('of tools that are offered no more become legal, too', () => {
    expect(new ToolNames([], ableDialect()).toWire('a.b')).toBe('a_b');
    expect(new ToolNames([], ableDialect({ namespaces: false })).toWire('b', 'a')).toBe('a__b');
  });
});
