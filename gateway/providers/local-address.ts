/** Tells a server on this machine or in its own network from one on the internet. */

const localNames = /^(?:localhost|[^.:]+|.+\.(?:localhost|local|lan|internal|home\.arpa))$/;
/** Loopback, RFC 1918, link-local, and the shared range (RFC 6598) that private overlay networks use. */
const localVersion4 =
  /^(?:0|10|127)\.|^192\.168\.|^169\.254\.|^172\.(?:1[6-9]|2\d|3[01])\.|^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./;
/** Loopback, unique local and link-local. */
const localVersion6 = /^\[(?:::1?|f[cd][0-9a-f]{2}:.*|fe[89ab][0-9a-f]:.*)\]$/;
const version4 = /^\d+\.\d+\.\d+\.\d+$/;

/** @param hostName as URL writes it: lower case, IPv4 in four parts, IPv6 in brackets */
export function isLocalHost(hostName: string): boolean {
  const host = hostName.replace(/\.$/, '');
  if (version4.test(host)) return localVersion4.test(host);
  return localVersion6.test(host) || localNames.test(host);
}

const loopbackVersion4 = /^127\.\d+\.\d+\.\d+$/;

/**
 * Is it this machine itself, and by no possible reading another? What must not leave the machine goes nowhere else.
 * @param hostName as URL writes it
 */
export function isLoopback(hostName: string): boolean {
  const host = hostName.replace(/\.$/, '');
  return host === 'localhost' || host === '[::1]' || loopbackVersion4.test(host);
}
