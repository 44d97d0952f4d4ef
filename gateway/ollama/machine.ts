/** What this machine has that decides how large a model may be: memory, processor, GPUs. */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import type { MachineFacts } from '../contract/local-engine/engine.ts';

type Gpu = MachineFacts['gpus'][number];

export class Machine {
  readonly #base: Omit<MachineFacts, 'gpus'>;
  #gpus: Gpu[] = [];
  /** By library and the engine's own id: two of the same make are two. */
  readonly #told = new Map<string, Gpu>();

  constructor(platform: NodeJS.Platform = process.platform, arch: string = process.arch) {
    const [first] = cpus();
    this.#base = {
      memoryBytes: totalmem(),
      cpu: first?.model.trim() || 'unknown',
      cores: Math.max(1, cpus().length),
      unifiedMemory: platform === 'darwin' && arch === 'arm64',
    };
  }

  facts(): MachineFacts {
    return { ...this.#base, gpus: [...this.#gpus] };
  }

  /** Asks the system, which knows some makers' GPUs. Never rejects. */
  async look(): Promise<void> {
    const found = [...(await nvidiaGpus()), ...(await amdGpus())];
    if (found.length > 0 && this.#gpus.length === 0) this.#gpus = found;
  }

  /**
   * What an engine writes as it starts is the truth about what it uses.
   * @returns whether the line told of a GPU
   */
  readLogLine(line: string): boolean {
    const told = readComputeLine(line);
    if (told === null) return false;
    const key = `${told.library} ${logField(line, 'id') ?? told.name}`;
    const isNew = !this.#told.has(key);
    this.#told.set(key, told);
    this.#gpus = [...this.#told.values()];
    return isNew;
  }
}

/** `msg="inference compute" id=0 library=CUDA … description="NVIDIA GeForce RTX 4070" … total="11.6 GiB"` */
export function readComputeLine(line: string): Gpu | null {
  if (!line.includes('msg="inference compute"')) return null;
  const library = logField(line, 'library');
  if (library === undefined || library.toLowerCase() === 'cpu') return null;
  const [, amount, unit] = /^([\d.]+)\s*([KMGT])iB$/.exec(logField(line, 'total') ?? '') ?? [];
  const power = ' KMGT'.indexOf(unit ?? ' ');
  const memoryBytes = amount === undefined ? null : Math.round(Number(amount) * 1_024 ** power);
  return { name: logField(line, 'description') ?? logField(line, 'name') ?? 'GPU', library, memoryBytes };
}

function logField(line: string, name: string): string | undefined {
  const [, quoted, bare] = new RegExp(`\\b${name}=(?:"([^"]*)"|(\\S+))`).exec(line) ?? [];
  return quoted ?? bare;
}

function nvidiaGpus(): Promise<Gpu[]> {
  const query = ['--query-gpu=name,memory.total', '--format=csv,noheader,nounits'];
  const { PATH, SystemRoot } = process.env;
  return new Promise((resolve) => {
    execFile('nvidia-smi', query, { timeout: 3_000, env: { PATH, SystemRoot }, windowsHide: true }, (error, output) => {
      resolve(error ? [] : readNvidiaLines(output));
    });
  });
}

/** `NVIDIA GeForce RTX 4070, 12282`: mebibytes */
export function readNvidiaLines(output: string): Gpu[] {
  return output.split('\n').flatMap((line) => {
    const [, name, megabytes] = /^(.+),\s*(\d+)\s*$/.exec(line) ?? [];
    return name === undefined ? [] : [{ name: name.trim(), library: null, memoryBytes: Number(megabytes) * 1_024 ** 2 }];
  });
}

/** The driver of AMD's cards on Linux says how much memory they have. */
async function amdGpus(): Promise<Gpu[]> {
  const folder = '/sys/class/drm';
  const cards = (await readdir(folder).catch(() => [])).filter((name) => /^card\d+$/.test(name));
  const found = await Promise.all(
    cards.map(async (card) => {
      const text = await readFile(`${folder}/${card}/device/mem_info_vram_total`, 'utf8').catch(() => '');
      const memoryBytes = Number.parseInt(text, 10);
      return Number.isSafeInteger(memoryBytes) && memoryBytes > 0 ? [{ name: 'AMD GPU', library: null, memoryBytes }] : [];
    }),
  );
  return found.flat();
}
