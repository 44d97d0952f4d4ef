/** The boundary of a form, as its content type tells it (RFC 2046 5.1.1, RFC 7578 4.1). */

const formType = /^multipart\/form-data[ \t]*;/i;
/** A parameter as a token or a quoted string; nobody needs an escape in a boundary, so that none is read. */
const parameter = /[ \t]*([!#$%&'*+.^_`|~0-9A-Za-z-]+)=(?:([!#$%&'*+.^_`|~0-9A-Za-z-]+)|"([^"\\]*)")[ \t]*(?:;|$)/y;
/** What a boundary may consist of; its last character is no space. */
const boundaryText = /^[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]$/;

/**
 * Reads the boundary out of the header `content-type`.
 * @returns null when this is no form, or its boundary is missing, stands twice or cannot be one
 */
export function readBoundary(contentType: string | undefined): string | null {
  const start = formType.exec(contentType ?? '');
  if (contentType === undefined || start === null) return null;
  let boundary: string | null = null;
  parameter.lastIndex = start[0].length;
  for (let at = parameter.lastIndex; at < contentType.length; at = parameter.lastIndex) {
    const [, name = '', token, quoted] = parameter.exec(contentType) ?? [];
    // A failed match has set the place back to the beginning.
    if (name === '') return null;
    if (name.toLowerCase() !== 'boundary') continue;
    if (boundary !== null) return null;
    boundary = token ?? quoted ?? '';
  }
  return boundary !== null && boundaryText.test(boundary) ? boundary : null;
}
