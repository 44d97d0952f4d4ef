/** The models that new rules, aliases and templates begin with. */
import { useGateway } from '../../stores/gateway.ts';
import { useNamesByProvider } from '../../stores/model-names.ts';
import { chooseModels, type ModelChoice } from './templates.ts';

export function useModelChoice(): ModelChoice {
  const providers = useGateway(({ config }) => config?.effective.providers);
  return chooseModels(providers ?? [], useNamesByProvider());
}
