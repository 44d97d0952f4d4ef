/** Makes the parts of a message sayable: cache marks, seals, media. */
import { GatewayError } from '../error.ts';
import type { CacheMark, ContentPart, FilePart, ImagePart, ReasoningPart, TextPart, ToolCallPart } from '../request.ts';
import type { Adaptation } from './adaptation.ts';
import { customInput } from './text-argument.ts';

/** What is said of a name that had to change. */
export const renamed = 'under a name that is allowed there';

/** Takes a cache mark off where it would mean nothing. */
export function withoutCacheMark<Part extends { readonly cache?: CacheMark }>(
  part: Part,
  path: string,
  adaptation: Adaptation,
): Part {
  const { abilities, notes } = adaptation;
  if (part.cache === undefined || abilities.cacheMarks) return part;
  notes.drop(`${path}.cache_control`, `${abilities.dialect} has no cache marks; its providers cache by themselves or not at all`);
  const { cache, ...rest } = part;
  return rest as Part;
}

/** @throws GatewayError `untranslatable` naming a picture or file that cannot be sent there */
export function adaptPart(part: ContentPart, path: string, adaptation: Adaptation): readonly ContentPart[] {
  switch (part.type) {
    case 'text':
      return [adaptText(withoutCacheMark(part, path, adaptation), path, adaptation)];
    case 'image':
    case 'audio':
    case 'video':
    case 'file':
      return [adaptMedia(withoutCacheMark(part, path, adaptation), path, adaptation)];
    case 'reasoning':
      return adaptReasoning(part, path, adaptation);
    case 'tool-call':
      return [adaptCall(withoutCacheMark(part, path, adaptation), path, adaptation)];
    case 'native':
      if (part.dialect === adaptation.abilities.dialect) return [part];
      adaptation.notes.drop(path, `${part.name} means something in ${part.dialect} alone`);
      return [];
    default:
      return [part];
  }
}

function adaptText(part: TextPart, path: string, adaptation: Adaptation): TextPart {
  if (!part.seal || part.seal.maker === adaptation.abilities.sealMaker) return part;
  dropSeal(path, part.seal.maker, adaptation);
  const { seal, ...rest } = part;
  return rest;
}

function adaptMedia<Part extends ImagePart | FilePart>(part: Part, path: string, { abilities }: Adaptation): Part {
  const refuse = (problem: string): never => {
    throw new GatewayError('untranslatable', `${path} ${problem}.`, { field: path });
  };
  if (!abilities.media.has(part.type)) return refuse(`is of the kind ${part.type}, which ${abilities.dialect} does not take`);
  if (part.source.type === 'file-id') return refuse(`names a file that another provider keeps; send the file itself`);
  if (part.source.type === 'url' && !abilities.mediaUrls) {
    return refuse(`is given by its address, which ${abilities.dialect} does not take; send it as a data: URL`);
  }
  return part;
}

/** Thoughts go back to whoever sealed them; without a seal, to whoever takes them so. */
function adaptReasoning(part: ReasoningPart, path: string, adaptation: Adaptation): readonly ReasoningPart[] {
  const { abilities, notes } = adaptation;
  if (part.seal !== null && part.seal.maker === abilities.sealMaker) return [part];
  if (abilities.unsealedReasoning && part.text !== '') {
    if (part.seal) dropSeal(path, part.seal.maker, adaptation);
    return [{ ...part, seal: null }];
  }
  notes.drop(`${path}.reasoning`, `thoughts without a seal of its own mean nothing to ${abilities.dialect}`);
  return [];
}

function adaptCall(part: ToolCallPart, path: string, adaptation: Adaptation): ToolCallPart {
  const { abilities, names, notes } = adaptation;
  const { seal, namespace, ...rest } = part;
  const name = names.toWire(part.name, namespace);
  if (name !== part.name) notes.emulate(`${path}.name`, renamed);
  const keepsSeal = seal !== undefined && seal.maker === abilities.sealMaker;
  if (seal && !keepsSeal) dropSeal(path, seal.maker, adaptation);
  const isEmulated = part.kind === 'custom' && !abilities.customTools;
  if (isEmulated) notes.emulate(path, 'as the call of a function with one text argument');
  return {
    ...rest,
    name,
    ...(namespace !== undefined && abilities.namespaces ? { namespace } : {}),
    ...(keepsSeal ? { seal } : {}),
    ...(isEmulated ? { kind: 'function', input: JSON.stringify({ [customInput]: part.input }) } : {}),
  };
}

function dropSeal(path: string, maker: string, { abilities, notes }: Adaptation): void {
  notes.drop(`${path}.signature`, `a seal of ${maker} means nothing to ${abilities.dialect}`);
}
