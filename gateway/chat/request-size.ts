/** What a request holds for a model to read, for when nobody has counted its tokens. */

export type MediaKind = 'image' | 'audio' | 'video' | 'document' | 'unknown';

export interface Pixels {
  readonly width: number;
  readonly height: number;
}

/** A picture, sound, film or file within a request. */
export interface MediaPart {
  readonly kind: MediaKind;
  /** Of its data, decoded; null for one that stands elsewhere: at an address, or uploaded before. */
  readonly bytes: number | null;
  /** Of a picture whose header tells them; null for everything else. */
  readonly pixels: Pixels | null;
}

export interface RequestSize {
  /** Bytes of the body without the data of its media. */
  readonly textBytes: number;
  readonly media: readonly MediaPart[];
}

/** What a provider adds to a request for its model to read. */
export interface RequestAdditions {
  /** Tools or a form of the answer, which providers explain to a model in words of their own. */
  readonly hasTools: boolean;
  /** Tools of the provider's own making, named in the request and described by the provider. */
  readonly builtInTools: number;
  /** The provider adds what it keeps: an earlier conversation, a prompt, a cache. */
  readonly readsMore: boolean;
  /** The provider may run tools of its own on the way to its answer, and read what they find. */
  readonly acts: boolean;
}

/** @param type a media type (RFC 6838), or the short name of a sound's format */
export function mediaKindOf(type: string): MediaKind {
  const [family = ''] = type.toLowerCase().split(/[/;]/, 1);
  if (family === 'image' || family === 'audio' || family === 'video') return family;
  if (/^(?:wav|mp3|flac|opus|pcm16|aac|ogg|m4a|webm)$/.test(family)) return 'audio';
  return family === 'application' || family === 'text' ? 'document' : 'unknown';
}
