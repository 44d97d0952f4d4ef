/** The environment of an own engine: nothing of ours but what its system needs, and what a person has set. */
import type { LocalEngineSettings } from '../../contract/local-engine/settings.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What programs of the system itself need, GPU drivers among them. Never a key. */
const passed = [
  'HOME',
  'USER',
  'LOGNAME',
  'PATH',
  'LANG',
  'LC_ALL',
  'TMPDIR',
  'TEMP',
  'TMP',
  'LD_LIBRARY_PATH',
  'SystemRoot',
  'SystemDrive',
  'windir',
  'USERPROFILE',
  'LOCALAPPDATA',
  'APPDATA',
  'ProgramData',
  'ProgramFiles',
  'PATHEXT',
  'NUMBER_OF_PROCESSORS',
  'PROCESSOR_ARCHITECTURE',
  // Models come from the internet; HTTP_PROXY would catch the engine's calls to its own runners.
  'HTTPS_PROXY',
  'https_proxy',
  'NO_PROXY',
  'no_proxy',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'HSA_OVERRIDE_GFX_VERSION',
];

/** @param host address and port to listen on */
export function engineEnvironment(inherited: Environment, host: string, settings: LocalEngineSettings): Record<string, string> {
  const own: Environment = {
    ...Object.fromEntries(passed.map((name) => [name, inherited[name]])),
    OLLAMA_HOST: host,
    OLLAMA_MODELS: settings.modelsFolder ?? inherited.OLLAMA_MODELS,
    // A paused pull is unused to Ollama: without this its blobs are gone at the next start.
    OLLAMA_NOPRUNE: '1',
    OLLAMA_NO_CLOUD: settings.cloudModels ? undefined : '1',
    OLLAMA_MAX_QUEUE: String(settings.maxQueue),
    OLLAMA_CONTEXT_LENGTH: textOf(settings.contextTokens),
    OLLAMA_KEEP_ALIVE: settings.keepAlive,
    OLLAMA_NUM_PARALLEL: textOf(settings.parallel),
    OLLAMA_MAX_LOADED_MODELS: textOf(settings.maxLoadedModels),
    OLLAMA_FLASH_ATTENTION: settings.flashAttention === undefined ? undefined : settings.flashAttention ? '1' : '0',
    OLLAMA_KV_CACHE_TYPE: settings.kvCacheType,
    ...devices(settings.gpuDevices),
  };
  return Object.fromEntries(Object.entries(own).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

const textOf = (value: number | undefined): string | undefined => (value === undefined ? undefined : String(value));

/** Each maker's drivers have a name of their own for the same wish. */
function devices(list: string | undefined): Environment {
  return { CUDA_VISIBLE_DEVICES: list, ROCR_VISIBLE_DEVICES: list, GGML_VK_VISIBLE_DEVICES: list };
}
