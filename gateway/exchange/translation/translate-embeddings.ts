/** An embeddings request between two dialects. */
import type { EmbeddingsAnswer, EmbeddingsRequest } from '../../chat/embeddings.ts';
import { FidelityNotes } from '../../chat/fidelity.ts';
import { GatewayError } from '../../chat/error.ts';
import type { RequestPlace, UpstreamTarget } from '../../dialects/codec.ts';
import type { Dialect } from '../../dialects/dialect.ts';
import { rawJson } from '../../dialects/json/raw-json.ts';
import { parseAnswer, type Translation } from './translation.ts';

interface Between {
  readonly client: Dialect;
  readonly wire: Dialect;
  readonly target: UpstreamTarget;
}

/** @throws GatewayError `bad-request`, `untranslatable` */
export function translateEmbeddings(body: unknown, place: RequestPlace, { client, wire, target }: Between): Translation {
  const codecs = { client: client.embeddings, wire: wire.embeddings };
  if (!codecs.client || !codecs.wire) throw new GatewayError('untranslatable', `${wire.name} has no embeddings`);
  const { client: reader, wire: writer } = codecs;
  const notes = new FidelityNotes();
  const asked = reader.decodeRequest(body, place);
  for (const path of asked.unread) notes.drop(path, `${wire.name} has no word for it, or Gatehouse knows none`);
  const written = Buffer.from(JSON.stringify(writer.encodeRequest(asked, target, notes)));
  return {
    wire,
    quirks: target.quirks,
    body: written,
    report: () => ({ from: client.name, to: wire.name, kept: ['input'], emulated: notes.emulated, dropped: notes.dropped }),
    createStream: null,
    translateAnswer(answer) {
      const decoded = writer.decodeAnswer(parseAnswer(answer));
      requireEach(decoded, asked);
      const encoded = Buffer.from(JSON.stringify(reader.encodeAnswer(decoded, asked)));
      return { body: encoded, usage: decoded.usage, rawUsageJson: rawJson(decoded.rawUsage) };
    },
  };
}

/** @throws GatewayError `upstream-protocol`: which vector would belong to which text? */
function requireEach({ vectors }: EmbeddingsAnswer, { inputs }: EmbeddingsRequest): void {
  if (vectors.length === inputs.length) return;
  throw new GatewayError('upstream-protocol', `the provider gave ${vectors.length} vectors for ${inputs.length} texts`);
}
