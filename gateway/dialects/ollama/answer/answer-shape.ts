/** The two shapes of an answer: chat puts what the model wrote into `message`, generate into `response` beside the rest. */
import { type Fields, isFields } from '../../json/fields.ts';

/** What one line, or a whole answer, holds of what the model wrote. */
export interface LineContent {
  readonly text?: string;
  readonly thinking?: string;
  readonly calls?: readonly Fields[];
  /** In base64. */
  readonly images?: readonly string[];
}

export interface AnswerShape {
  write(content: LineContent): Fields;
  /** What only the last line has. */
  readonly last: Fields;
}

export const chatShape: AnswerShape = {
  write: ({ text = '', thinking, calls, images }) => ({
    message: {
      role: 'assistant',
      content: text,
      ...(thinking && { thinking }),
      ...(images && images.length > 0 && { images }),
      ...(calls && calls.length > 0 && { tool_calls: calls }),
    },
  }),
  last: {},
};

export const generateShape: AnswerShape = {
  write: ({ text = '', thinking, calls, images }) => ({
    response: text,
    ...(thinking && { thinking }),
    ...(images && images.length > 0 && { image: images[0] }),
    ...(calls && calls.length > 0 && { tool_calls: calls }),
  }),
  // The conversation so far as token numbers; deprecated, but clients' types promise it.
  last: { context: [] },
};

/** The fields of a line of either shape that hold what the model wrote; null when it has none. */
export function readShape(line: Fields): Fields | null {
  if (isFields(line['message'])) return line['message'];
  const { response, thinking, image, tool_calls } = line;
  if (response === undefined && thinking === undefined && image === undefined) return null;
  return { content: response, thinking, images: image ? [image] : [], tool_calls };
}
