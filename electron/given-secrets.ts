/** The secrets that a person gave in the environment, taken out of it so that no child process and no report carries them. */

export interface GivenSecrets {
  /** 32 bytes in base64; null when it was not given. */
  readonly dataKey: string | null;
  readonly controlToken: string | null;
}

type Environment = Record<string, string | undefined>;

/** @throws Error with a sentence when one of them cannot be used */
export function takeGivenSecrets(environment: Environment): GivenSecrets {
  const key = environment['GATEHOUSE_KEY']?.trim();
  const token = environment['GATEHOUSE_CONTROL_TOKEN'];
  delete environment['GATEHOUSE_KEY'];
  delete environment['GATEHOUSE_CONTROL_TOKEN'];
  if (key !== undefined && !/^[A-Za-z0-9+/]{43}=?$/.test(key)) {
    throw new Error('GATEHOUSE_KEY must be 32 bytes in base64, as "openssl rand -base64 32" prints them.');
  }
  if (token !== undefined && !/^[\x21-\x7e]{1,512}$/.test(token)) {
    throw new Error(
      'GATEHOUSE_CONTROL_TOKEN must be 1 to 512 printable characters without spaces; leave it unset for a random one.',
    );
  }
  return { dataKey: key === undefined ? null : Buffer.from(key, 'base64').toString('base64'), controlToken: token ?? null };
}
