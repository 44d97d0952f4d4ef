/** The gateway with short timers before two scripted upstreams that speak every chat format: for what breaks while it translates. */
import { expect } from 'vitest';
import type { RequestDetail } from '../../gateway/contract/records.ts';
import { eventually, faultTimeouts } from './fault-lab.ts';
import { openRawStream, type RawStream } from './raw-stream.ts';
import { type ScriptedUpstream, startScriptedUpstream } from './scripted-upstream.ts';
import { type RunningGateway, startGateway } from './start-gateway.ts';
import { type DoorForm, formNames, upstreamForms } from './wire-forms.ts';

export interface TranslationLab {
  readonly gateway: RunningGateway;
  /** Behind the model `m` of each format's provider, and first behind its alias `both-<provider>`. */
  readonly upstream: ScriptedUpstream;
  /** Second behind the aliases, as OpenAI chat. */
  readonly spare: ScriptedUpstream;
  /** The row of that id, as soon as it is final. */
  finalRow(id: string): Promise<RequestDetail>;
  /** A stream, or a whole answer, as a bare socket sees it. */
  open(door: DoorForm, model: string, isStream?: boolean): RawStream;
  /** Waits until no request is running, and fails if the gateway told of a fault of its own. */
  stop(): Promise<void>;
}

function startTranslatingGateway(upstream: ScriptedUpstream, spare: ScriptedUpstream): Promise<RunningGateway> {
  const keys = ['env:FAULT_KEY'];
  const at = (origin: string, suffix: string) =>
    formNames.map((name) => {
      const provider = upstreamForms[name].provider(origin);
      return { ...provider, id: `${provider.id}${suffix}`, models: ['m'], keys };
    });
  const aliases = Object.fromEntries(
    formNames.map((name) => [`both-${upstreamForms[name].id}`, { targets: [`${upstreamForms[name].id}/m`, 'chat-spare/m'] }]),
  );
  return startGateway({
    config: {
      version: 1,
      // A large answer to a slow reader takes its time on a slow machine.
      timeouts: { ...faultTimeouts, totalMs: 20_000 },
      aliases,
      providers: [...at(upstream.origin, ''), ...at(spare.origin, '-spare')],
    },
    environment: { FAULT_KEY: 'sk-fault-0123456789' },
  });
}

/** Starts everything. */
export async function startTranslationLab(): Promise<TranslationLab> {
  const upstream = await startScriptedUpstream();
  const spare = await startScriptedUpstream();
  const gateway = await startTranslatingGateway(upstream, spare);
  return {
    gateway,
    upstream,
    spare,
    finalRow: (id) =>
      eventually(async () => {
        const row = await gateway.call('requests.get', { id }).catch(() => null);
        return row && row.state !== 'started' ? row : null;
      }, `the row ${id} is final`),
    open(door, model, isStream = true) {
      const body = door.body(model, isStream, 'Say something.');
      return openRawStream(gateway.port, body, { key: gateway.clientKey, path: door.path(model, isStream) });
    },
    async stop() {
      const isIdle = async () => ((await gateway.call('status.get', {})).inFlight === 0 ? true : null);
      await eventually(isIdle, 'nothing is running');
      expect(gateway.stderr).not.toMatch(/fault of the gateway|has to stop/);
      await gateway.stop();
      await upstream.stop();
      await spare.stop();
    },
  };
}
