/**
 * The release of Ollama that Gatehouse offers, by kind of machine. The checksums come with Gatehouse: what is fetched is held
 * against them, and not against a file that lies beside it.
 */

export interface ReleaseFile {
  readonly version: string;
  readonly url: string;
  readonly sha256: string;
  readonly bytes: number;
  /** Of what is unpacked, about: its maker does not say. So much must be free beside the archive. */
  readonly unpackedBytes: number;
  readonly form: 'tar.zst' | 'tgz' | 'zip';
  /** The program, within what is unpacked. */
  readonly program: string;
}

const version = '0.34.4';

const from = (name: string): string => `https://github.com/ollama/ollama/releases/download/v${version}/${name}`;

/** Libraries for GPUs compress well: to a third, rather than less. */
const grown = (bytes: number): number => bytes * 3;

function file(name: string, form: ReleaseFile['form'], program: string, bytes: number, sha256: string): ReleaseFile {
  return { version, url: from(name), sha256, bytes, unpackedBytes: grown(bytes), form, program };
}

const darwin = file(
  'ollama-darwin.tgz',
  'tgz',
  'ollama',
  160_042_307,
  'e9c8fddaab5f48f47f2c4ae3d23d0732f5182417125353faeed2188e34a22799',
);

/** Where each sum was found is told in the folder's README. */
const files: Readonly<Record<string, ReleaseFile>> = {
  'linux-x64': file(
    'ollama-linux-amd64.tar.zst',
    'tar.zst',
    'bin/ollama',
    1_427_703_051,
    'c238986e61d40c0cc5f4a9b9e40b9eea104350b77efa34741fc134e105cb9533',
  ),
  'linux-arm64': file(
    'ollama-linux-arm64.tar.zst',
    'tar.zst',
    'bin/ollama',
    1_549_684_612,
    '96f50a1192133028cf4e010d8c333f8af14b1505db6be7b2034c11487e7fd7e6',
  ),
  'darwin-x64': darwin,
  'darwin-arm64': darwin,
  'win32-x64': file(
    'ollama-windows-amd64.zip',
    'zip',
    'ollama.exe',
    1_461_155_106,
    '535193f38f3344e5b08f5d1c171c31ce11aa17f0124ff69ae26d8ec7fe06fa62',
  ),
  'win32-arm64': file(
    'ollama-windows-arm64.zip',
    'zip',
    'ollama.exe',
    208_009_666,
    'b49aa49306da9bae5b7498f320f76bd2a13739c3105bcb6e115a26f0dfd10d67',
  ),
};

/** @returns null where there is none for such a machine */
export function pinnedRelease(platform: string, arch: string): ReleaseFile | null {
  return files[`${platform}-${arch}`] ?? null;
}

/** Why a machine has no offer. */
export function noReleaseWords(platform: string, arch: string): string {
  return `Gatehouse knows no release of Ollama for this kind of machine (${platform}, ${arch}); install Ollama by its own means, and it is found.`;
}
