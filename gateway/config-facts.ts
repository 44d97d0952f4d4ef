/** What the engine must know of a config before it is in force: the keys it names, and whether it leads back here. */
import { CallError } from './contract/call-error.ts';
import { findOwnAddress, type GatewayConfig } from './contract/config.ts';
import { keyReference } from './contract/provider-keys.ts';

export function keyReferences(config: GatewayConfig): string[] {
  return config.providers.flatMap(({ keys }) => keys.map(keyReference));
}

/** The config itself knows no more than the port it names, which port 0 is not. @throws CallError */
export function refuseOwnAddress(config: GatewayConfig, boundPort: number | null): void {
  const problem = boundPort === null || config.listen.port !== 0 ? null : findOwnAddress(config, boundPort);
  if (problem) throw new CallError('invalid', `${problem.path} ${problem.message}.`, problem.path);
}
