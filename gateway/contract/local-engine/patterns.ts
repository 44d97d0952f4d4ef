/** What texts about the local engine must look like: for the gateway that checks them, and for forms that say so beforehand. */

export interface TextRule {
  readonly pattern: RegExp;
  /** What is wrong with a text that does not fit. */
  readonly message: string;
}

/** As Ollama writes it: `30s`, `5m`, `1h30m`; `0` unloads at once, `-1` keeps it loaded. */
export const keepAliveRule: TextRule = {
  pattern: /^(?:-1|0|(?:\d{1,6}(?:ms|s|m|h)){1,4})$/,
  message: 'must be a time such as 30s, 5m or 1h, 0 to unload at once, or -1 to stay loaded',
};

export const folderRule: TextRule = {
  pattern: /^(?:\/|[A-Za-z]:[\\/]|\\\\)[^\p{Cc}]*$/u,
  message: 'must be the whole path of a folder',
};

export const deviceListRule: TextRule = {
  pattern: /^(?:-1|[A-Za-z0-9-]+(?:,[A-Za-z0-9-]+)*)$/,
  message: 'must be numbers or ids of devices with commas between, or -1 for none',
};

/**
 * `qwen3`, `qwen3:8b`, `hf.co/someone/model:Q4_K_M`. Names of two parts with a dot in the first are another library's;
 * nothing in it can be read as a path or a flag.
 */
export const localModelNameRule: TextRule = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9._-]*(?::\d{1,5})?(?:\/[A-Za-z0-9_][A-Za-z0-9._-]*){0,3}(?::[A-Za-z0-9_][A-Za-z0-9._-]*)?$/,
  message: 'must be a name such as qwen3:8b',
};
