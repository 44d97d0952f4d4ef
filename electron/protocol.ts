/** `app://gatehouse/`: the one origin of the window. It serves the interface's files and forwards `/control/*`. */
import { protocol, type Session } from 'electron';
import type { ForwardControl } from './forward-control.ts';
import type { InterfaceFiles } from './interface-files.ts';

const scheme = 'app';
const host = 'gatehouse';
export const appOrigin = `${scheme}://${host}`;
export const appAddress = `${appOrigin}/`;

/** Tells Chromium about the scheme; must run before Electron is ready. Not `corsEnabled`: no other origin may read it. */
export function registerScheme(): void {
  const privileges = { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true };
  protocol.registerSchemesAsPrivileged([{ scheme, privileges }]);
}

/** Is this an address of the window's own origin? Compared after parsing, never by prefix. */
export function isOwnAddress(address: string): boolean {
  const url = URL.canParse(address) ? new URL(address) : null;
  return url !== null && url.protocol === `${scheme}:` && url.host === host && url.username === '' && url.password === '';
}

export interface Served {
  readonly files: InterfaceFiles;
  readonly forward: ForwardControl;
}

/** Answers the scheme in this session. */
export function serveScheme(session: Session, served: Served): void {
  session.protocol.handle(scheme, (request) => answer(request, served));
}

function answer(request: Request, { files, forward }: Served): Promise<Response> | Response {
  const origin = request.headers.get('origin');
  if (!isOwnAddress(request.url) || (origin !== null && origin !== appOrigin)) return new Response(null, { status: 403 });
  const path = new URL(request.url).pathname;
  if (path.startsWith('/control/')) return forward(request);
  return request.method === 'GET' ? files.answer(path) : new Response(null, { status: 405, headers: { allow: 'GET' } });
}
