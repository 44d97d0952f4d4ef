/** What is served as the interface and under which rules, the same in the application's window and in a browser. Pure. */

/** File endings that may be served, with their content types; a file with another one is not part of the interface. */
export const interfaceContentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.woff2': 'font/woff2',
};

/** The Content-Security-Policy of every file of the interface: nothing inline, nothing from elsewhere, in nobody's frame. */
export const interfacePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** A screen's address (`/requests`, `/providers/lab`) has no file ending and is none of the gateway's own. */
export function isScreenAddress(path: string): boolean {
  const [, first = ''] = path.split('/');
  return first !== 'control' && !path.includes('.') && !path.includes('%');
}
