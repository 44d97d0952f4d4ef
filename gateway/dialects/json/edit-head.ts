/** Changes pieces near the front of a large body without copying the rest of it. */
import type { FieldRange } from './scan-fields.ts';

/** A piece to be replaced; `start === end` puts something in. */
export interface Edit extends FieldRange {
  readonly text: string;
}

/** Room to keep before a body, so that its front may grow: a model's name and the stream options fit in easily. */
export const roomForEdits = 2_048;

/** A front longer than this is copied along with the rest: laying it down in place would save nothing. */
const longestHead = 16 * 1_024;

/** A body of which edits are made, each time from its first state. What was handed out once is never changed afterwards. */
export interface EditableBody {
  /** @param edits in order, none behind `headEnd` */
  edit(edits: readonly Edit[]): Buffer;
}

/**
 * @param bytes the body; the first edit may lay a new front over its own and over the room before it
 * @param roomBefore how many bytes before it (in the same memory) belong to nobody else
 * @param headEnd no edit ever touches what stands behind
 */
export function editableBody(bytes: Buffer, roomBefore: number, headEnd: number): EditableBody {
  const tail = bytes.subarray(headEnd);
  /** The front as it was, once the body itself holds another. */
  let keptHead: Buffer | null = null;
  let handedOut = false;

  const layInPlace = (head: Buffer): Buffer => {
    keptHead = Buffer.from(bytes.subarray(0, headEnd));
    const start = bytes.byteOffset + headEnd - head.length;
    const whole = Buffer.from(bytes.buffer, start, head.length + tail.length);
    head.copy(whole);
    return whole;
  };

  return {
    edit(edits) {
      if (edits.length === 0 && keptHead === null) {
        handedOut = true;
        return bytes;
      }
      const head = editedHead(keptHead ?? bytes.subarray(0, headEnd), edits);
      const fits = roomBefore > 0 && head.length <= headEnd + roomBefore && headEnd <= longestHead;
      if (handedOut || !fits) return Buffer.concat([head, tail]);
      handedOut = true;
      return layInPlace(head);
    },
  };
}

function editedHead(head: Buffer, edits: readonly Edit[]): Buffer {
  const pieces: Buffer[] = [];
  let from = 0;
  for (const edit of edits) {
    pieces.push(head.subarray(from, edit.start), Buffer.from(edit.text));
    from = edit.end;
  }
  pieces.push(head.subarray(from));
  return Buffer.concat(pieces);
}
