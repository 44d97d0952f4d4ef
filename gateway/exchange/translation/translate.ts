/** Says one request in another dialect: decoded once, adapted and written for the upstream, its answer written back. */
import { adaptRequest, type AdaptedRequest } from '../../chat/adapt/adapt-request.ts';
import { reportFidelity } from '../../chat/adapt/fidelity-report.ts';
import { GatewayError } from '../../chat/error.ts';
import type { ChatEvent } from '../../chat/event.ts';
import { FidelityNotes } from '../../chat/fidelity.ts';
import type { Usage } from '../../chat/usage.ts';
import type { AnswerOptions, ChatCodec, UpstreamTarget } from '../../dialects/codec.ts';
import type { Dialect } from '../../dialects/dialect.ts';
import { rawJson } from '../../dialects/json/raw-json.ts';
import { estimateInputTokens } from '../../money/estimate-tokens.ts';
import { translateEmbeddings } from './translate-embeddings.ts';
import { parseAnswer, type StreamTranslation, type Translation, type TranslationSource } from './translation.ts';

/**
 * Says the request in another dialect.
 * @throws GatewayError `bad-request` for what its client wrote wrong, `untranslatable` for what cannot be said there
 */
export function translate(source: TranslationSource, wire: Dialect, target: UpstreamTarget): Translation {
  const { client, request, place } = source;
  if (client.chat && wire.chat) return translateChat(source, wire, { client: client.chat, wire: wire.chat }, target);
  if (client.embeddings && wire.embeddings) return translateEmbeddings(request.parse(), place, { client, wire, target });
  throw new GatewayError('untranslatable', `${client.name} cannot be said in ${wire.name}`, { field: 'model' });
}

interface Codecs {
  readonly client: ChatCodec;
  readonly wire: ChatCodec;
}

function translateChat(source: TranslationSource, wire: Dialect, codecs: Codecs, target: UpstreamTarget): Translation {
  const notes = new FidelityNotes();
  const asked = source.prepare(codecs.client.decodeRequest(source.request.parse(), source.place));
  const adapted = adaptRequest(asked, codecs.wire.abilities, notes);
  const body = Buffer.from(JSON.stringify(codecs.wire.encodeRequest(adapted.request, target, notes)));
  let inputTokens: number | null = null;
  const options = {
    request: asked,
    notes,
    id: source.id,
    get inputTokensEstimate() {
      return (inputTokens ??= estimateInputTokens(source.request.measure()));
    },
  };
  return {
    wire,
    quirks: target.quirks,
    body,
    report: () => reportFidelity(source.client.name, wire.name, asked, notes, codecs.client.abilities.fieldNames),
    createStream: () => openMachines(source, codecs, adapted, options),
    translateAnswer(received) {
      const events = restoreAll(codecs.wire.decodeAnswer(parseAnswer(received)), adapted);
      for (const event of events) source.observe(event);
      const answer = codecs.client.encodeAnswer(events, options);
      source.keepAnswer?.(answer);
      return { body: Buffer.from(JSON.stringify(answer)), ...usageOf(events) };
    },
  };
}

function openMachines(
  { streamForm, observe, keepAnswer }: TranslationSource,
  codecs: Codecs,
  adapted: AdaptedRequest,
  options: AnswerOptions,
): StreamTranslation {
  const seen: ChatEvent[] = [];
  return {
    decoder: codecs.wire.createStreamDecoder(),
    restorer: adapted.createRestorer(),
    encoder: streamForm?.createEncoder(options) ?? codecs.client.createStreamEncoder(options),
    observe(event) {
      observe(event);
      if (keepAnswer) seen.push(event);
    },
    // What the whole loses the stream has lost already: it is noted once.
    complete: () => keepAnswer?.(codecs.client.encodeAnswer(seen, { ...options, notes: new FidelityNotes() })),
  };
}

function restoreAll(events: readonly ChatEvent[], adapted: AdaptedRequest): readonly ChatEvent[] {
  const restorer = adapted.createRestorer();
  return events.flatMap((event) => restorer.push(event));
}

function usageOf(events: readonly ChatEvent[]): { readonly usage: Usage | null; readonly rawUsageJson: string | null } {
  const last = events.findLast((event) => event.type === 'usage');
  return last ? { usage: last.usage, rawUsageJson: rawJson(last.raw) } : { usage: null, rawUsageJson: null };
}
