/** What holds of every request's adaptation to every dialect. */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Abilities } from '../../../../gateway/chat/abilities.ts';
import { type AdaptedRequest, adaptRequest } from '../../../../gateway/chat/adapt/adapt-request.ts';
import { ToolNames } from '../../../../gateway/chat/adapt/tool-names.ts';
import { GatewayError } from '../../../../gateway/chat/error.ts';
import { FidelityNotes } from '../../../../gateway/chat/fidelity.ts';
import type { ChatMessage, ChatRequest, ToolDefinition } from '../../../../gateway/chat/request.ts';
import {
  ableDialect,
  anyAbilities,
  anyNearlyAble,
  anyRequest,
  anySmallRequest,
  anyTools,
  deepFreeze,
  plainRequest,
} from './any-request.ts';
import { isLegalName, unsayable } from './unsayable.ts';

const numRuns = process.env.GATEHOUSE_TEST_SIZE === 'full' ? 20_000 : 2_000;

/** Null where it was refused, by a picture or file that cannot be sent there. */
function adaptOrRefuse(request: ChatRequest, abilities: Abilities, notes: FidelityNotes): AdaptedRequest | null {
  try {
    return adaptRequest(request, abilities, notes);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    expect(error.kind).toBe('untranslatable');
    expect(error.field).toMatch(/^messages\.\d+\.content\.\d+(?:\.content\.\d+)?$/);
    return null;
  }
}

describe('any request, for any dialect', () => {
  test('holds nothing any more that the dialect has no words for', () => {
    let judged = 0;
    const property = fc.property(anyRequest, anyAbilities, (request, abilities) => {
      const adapted = adaptOrRefuse(request, abilities, new FidelityNotes());
      if (!adapted) return;
      judged += 1;
      expect(unsayable(adapted.request, abilities)).toEqual([]);
    });
    fc.assert(property, { numRuns });
    expect(judged).toBeGreaterThan(numRuns / 4);
  });

  test('is changed exactly when something is noted', () => {
    const outcomes = { same: 0, changed: 0 };
    const property = fc.property(anySmallRequest, anyNearlyAble, (request, abilities) => {
      const notes = new FidelityNotes();
      const adapted = adaptOrRefuse(request, abilities, notes);
      if (!adapted) return;
      const isSame = isDeepStrictEqual(structuredClone(adapted.request), structuredClone(request));
      outcomes[isSame ? 'same' : 'changed'] += 1;
      expect([...notes.emulated, ...notes.dropped].length === 0).toBe(isSame);
    });
    fc.assert(property, { numRuns });
    expect(Math.min(outcomes.same, outcomes.changed)).toBeGreaterThan(numRuns / 20);
  });

  test('is the same, without a note, for a dialect that can say all of it', () => {
    const abilities = ableDialect({ toolName: { forbidden: /[^\s\S]/, letterFirst: false, longest: 1_000 } });
    const property = fc.property(fc.constantFrom(null, 'anthropic', 'gemini', 'openai'), fc.boolean(), (maker, hasCustom) => {
      const notes = new FidelityNotes();
      const tool: ToolDefinition = hasCustom
        ? { kind: 'custom', name: 'ü', namespace: 'n', description: null }
        : { kind: 'function', name: 'a b', description: null, parameters: {}, cache: { ttl: '1h' } };
      const seal = maker === null ? {} : { seal: { maker, data: 'x' } as const };
      const request: ChatRequest = {
        ...plainRequest,
        tools: [tool, { kind: 'native', dialect: 'One', name: 'search', json: {} }],
        toolChoice: { type: 'required' },
        messages: [{ role: 'assistant', parts: [{ type: 'text', text: 'a', ...seal }] }],
      };
      expect(adaptRequest(request, { ...abilities, sealMaker: maker }, notes).request).toEqual(request);
      expect([notes.emulated, notes.dropped]).toEqual([[], []]);
    });
    fc.assert(property);
  });

  test('is left as it came: nothing in the original is changed', () => {
    const property = fc.property(anyRequest, anyAbilities, (request, abilities) => {
      const before = structuredClone(request);
      adaptOrRefuse(deepFreeze(request), abilities, new FidelityNotes());
      expect(request).toEqual(before);
    });
    fc.assert(property, { numRuns: numRuns / 4 });
  });

  test('can be adapted again without a further change', () => {
    const property = fc.property(anyRequest, anyAbilities, (request, abilities) => {
      const once = adaptOrRefuse(request, abilities, new FidelityNotes());
      if (!once) return;
      expect(adaptRequest(once.request, abilities, new FidelityNotes()).request).toEqual(once.request);
    });
    fc.assert(property, { numRuns: numRuns / 4 });
  });
});

describe('any tools, for any dialect', () => {
  test('have names that are legal, pairwise different, and lead back to each tool', () => {
    const property = fc.property(anyTools, anyAbilities, (tools, abilities) => {
      const names = new ToolNames(tools, abilities);
      const callable = tools.filter((tool) => tool.kind !== 'native');
      const wireNames = callable.map(({ name, namespace }) => names.toWire(name, namespace));
      expect(new Set(wireNames).size).toBe(callable.length);
      for (const [index, { name, namespace, kind }] of callable.entries()) {
        const wireName = wireNames[index] ?? '';
        expect(isLegalName(wireName, abilities), wireName).toBe(true);
        expect(names.fromWire(wireName)).toEqual({
          name,
          ...(namespace === undefined ? {} : { namespace }),
          kind,
          emulated: kind === 'custom' && !abilities.customTools,
        });
      }
    });
    fc.assert(property, { numRuns });
  });

  test('have the same names in the request as in the answer: a call of each comes back as the client knows it', () => {
    const property = fc.property(anyTools, anyAbilities, (tools, abilities) => {
      const { request, createRestorer } = adaptRequest({ ...plainRequest, tools }, abilities, new FidelityNotes());
      const offered = request.tools.filter((tool) => tool.kind !== 'native');
      const restorer = createRestorer();
      const called = offered.flatMap(({ name, kind }, index) =>
        restorer.push({ type: 'tool-start', index, id: 'c', name, kind }),
      );
      const own = tools.filter((tool) => tool.kind !== 'native');
      expect(
        called.map((event) => ('name' in event ? [event.name, event.type === 'tool-start' && event.namespace] : [])),
      ).toEqual(own.map(({ name, namespace }) => [name, namespace]));
    });
    fc.assert(property, { numRuns: numRuns / 4 });
  });
});

test('the field of a refused picture is its place in the request, though an instruction was put in', () => {
  const image = { type: 'image', source: { type: 'url', url: 'https://a', mediaType: null } } as const;
  const request: ChatRequest = {
    ...plainRequest,
    responseFormat: { type: 'json' },
    messages: [
      { role: 'system', parts: [{ type: 'text', text: 'a' }] },
      { role: 'user', parts: [{ type: 'text', text: 'b' }, image] },
    ],
  };
  const adapt = () => adaptRequest(request, ableDialect({ jsonMode: false, mediaUrls: false }), new FidelityNotes());
  expect(adapt).toThrow(expect.objectContaining({ kind: 'untranslatable', field: 'messages.1.content.1' }));
});

/** A long agent's session: half its tools free text, half of them under names that must change, marks everywhere. */
function longSession(): ChatRequest {
  const cache = { ttl: null };
  const tools = Array.from({ length: 60 }, (_each, index): ToolDefinition => {
    const named = { name: `tool.${index}`, namespace: 'space', description: 'does', cache };
    return index % 2 === 0 ? { kind: 'custom', ...named } : { kind: 'function', ...named, parameters: { type: 'object' } };
  });
  const messages = Array.from({ length: 100 }, (_each, index): ChatMessage[] => [
    { role: 'user', parts: [{ type: 'text', text: 'go on', cache }] },
    {
      role: 'assistant',
      parts: [
        { type: 'reasoning', text: 'hm', seal: { maker: 'openai', data: 'x' }, redacted: false },
        { type: 'tool-call', id: `c${index}`, name: `tool.${index}`, namespace: 'space', kind: 'custom', input: 'text' },
      ],
    },
    {
      role: 'tool',
      parts: [
        { type: 'tool-result', callId: `c${index}`, name: null, content: [{ type: 'text', text: 'ok', cache }], isError: false },
      ],
    },
  ]);
  return { ...plainRequest, tools, messages: messages.flat() };
}

test('300 messages and 60 tools, with something to change in each, are adapted in a moment', () => {
  const request = longSession();
  const abilities = ableDialect({ customTools: false, namespaces: false, cacheMarks: false, sealMaker: null });
  const times = Array.from({ length: 30 }, () => {
    const begun = performance.now();
    adaptRequest(request, abilities, new FidelityNotes());
    return performance.now() - begun;
  });
  expect(Math.min(...times)).toBeLessThan(5);
});

test('thousands of tools whose names all become the same one take no quadratic time', () => {
  const tools = Array.from({ length: 20_000 }, (_each, index): ToolDefinition => {
    const name = index.toString(2).padStart(15, '0').replaceAll('0', 'ü').replaceAll('1', 'ö');
    return { kind: 'function', name, description: null, parameters: {} };
  });
  const begun = performance.now();
  const names = new ToolNames(tools, ableDialect());
  expect(performance.now() - begun).toBeLessThan(2_000);
  expect(new Set(tools.map((tool) => names.toWire(tool.name))).size).toBe(tools.length);
});
