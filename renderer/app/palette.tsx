/** The command palette: every screen, action, provider and recent request by a few letters. */
import * as RadixDialog from '@radix-ui/react-dialog';
import { Command } from 'cmdk';
import { Boxes, Copy, Cpu, KeyRound, ListTree, type LucideIcon, Plus, Power, SunMoon } from 'lucide-react';
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { formatTime } from '../components/formats.ts';
import { requestStates } from '../components/state-badge.tsx';
import { useDesktop } from '../stores/desktop.ts';
import { switchGateway, useGateway } from '../stores/gateway.ts';
import { recentRequests } from '../stores/requests.ts';
import { navigate } from '../stores/route.ts';
import { chooseTheme, themeChoices } from '../stores/theme.ts';
import { screens } from './screens.ts';

interface PaletteProps {
  readonly open: boolean;
  readonly onClose: () => void;
}

interface EntryProps {
  readonly id: string;
  readonly icon: LucideIcon;
  readonly onChoose: () => void;
  readonly children: ReactNode;
}

function Entry({ id, icon: Icon, onChoose, children }: EntryProps) {
  return (
    <Command.Item
      value={id}
      onSelect={onChoose}
      className="flex h-8 items-center gap-2 rounded-md px-2 data-[selected=true]:bg-accent-ground"
    >
      <Icon aria-hidden className="size-4 shrink-0 text-soft" />
      <span className="min-w-0 truncate">{children}</span>
    </Command.Item>
  );
}

type Choose = (action: () => void) => () => void;
const groupLook =
  '[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:py-1 [&_[cmdk-group-heading]]:text-soft [&_[cmdk-group-heading]]:text-xs';

function Screens({ choose }: { readonly choose: Choose }) {
  return (
    <Command.Group heading="Screens" className={groupLook}>
      {screens.map(({ path, name, icon }) => (
        <Entry key={path} id={`go to ${name}`} icon={icon} onChoose={choose(() => navigate(path))}>
          {name}
        </Entry>
      ))}
    </Command.Group>
  );
}

/** The switch's own screen shows how it went, or which program has the port. */
function switchAndShow(on: boolean): void {
  navigate('/');
  switchGateway(on).catch(() => undefined);
}

function Actions({ choose }: { readonly choose: Choose }) {
  const status = useGateway((state) => state.status);
  const desktop = useDesktop((state) => state.desktop);
  const isOn = status?.state === 'running';
  const baseUrl = status?.baseUrl ?? null;
  return (
    <Command.Group heading="Actions" className={groupLook}>
      <Entry id={isOn ? 'stop gateway' : 'start gateway'} icon={Power} onChoose={choose(() => switchAndShow(!isOn))}>
        {isOn ? 'Stop the gateway' : 'Start the gateway'}
      </Entry>
      {baseUrl === null ? null : (
        <Entry id="copy base url" icon={Copy} onChoose={choose(() => void navigator.clipboard.writeText(`${baseUrl}/v1`))}>
          Copy the base URL <span className="text-soft">{baseUrl}/v1</span>
        </Entry>
      )}
      <Entry id="add provider" icon={Plus} onChoose={choose(() => navigate('/providers?add=1'))}>
        Add a provider
      </Entry>
      <Entry id="local models get a model" icon={Cpu} onChoose={choose(() => navigate('/models?view=local'))}>
        Local models
      </Entry>
      <Entry id="client keys" icon={KeyRound} onChoose={choose(() => navigate('/settings'))}>
        Client keys
      </Entry>
      {themeChoices.map(({ id, label }) => (
        <Entry key={id} id={`theme ${label}`} icon={SunMoon} onChoose={choose(() => void chooseTheme(id, desktop))}>
          Theme: {label}
        </Entry>
      ))}
    </Command.Group>
  );
}

function Providers({ choose }: { readonly choose: Choose }) {
  const providers = useGateway((state) => state.config?.effective.providers) ?? [];
  if (providers.length === 0) return null;
  return (
    <Command.Group heading="Providers" className={groupLook}>
      {providers.map(({ id }) => (
        <Entry
          key={id}
          id={`provider ${id}`}
          icon={Boxes}
          onChoose={choose(() => navigate(`/providers?id=${encodeURIComponent(id)}`))}
        >
          {id}
        </Entry>
      ))}
    </Command.Group>
  );
}

function RecentRequests({ choose }: { readonly choose: Choose }) {
  const items = useStore(recentRequests.store, (state) => state.items).slice(0, 8);
  if (items.length === 0) return null;
  return (
    <Command.Group heading="Recent requests" className={groupLook}>
      {items.map(({ id, startedAtMs, requestedModel, state }) => (
        <Entry
          key={id}
          id={`request ${id} ${requestedModel}`}
          icon={ListTree}
          onChoose={choose(() => navigate(`/requests?request=${encodeURIComponent(id)}`))}
        >
          {requestedModel}{' '}
          <span className="text-soft">
            {requestStates[state].word}, {formatTime(startedAtMs, Date.now())}
          </span>
        </Entry>
      ))}
    </Command.Group>
  );
}

export function Palette({ open, onClose }: PaletteProps) {
  const choose: Choose = (action) => () => {
    onClose();
    action();
  };
  return (
    <RadixDialog.Root open={open} onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}>
      <RadixDialog.Portal>
        <div className="fixed inset-0 z-40 bg-veil" />
        <RadixDialog.Content
          aria-describedby={undefined}
          className="fixed top-[12vh] left-1/2 z-50 w-[min(560px,calc(100vw-48px))] -translate-x-1/2 overflow-hidden rounded-lg border border-line bg-raised shadow-lift"
        >
          <RadixDialog.Title className="sr-only">Commands</RadixDialog.Title>
          <Command label="Commands">
            <Command.Input
              placeholder="Go to a screen, do something, find a provider or request"
              className="h-12 w-full border-line border-b bg-transparent px-4 text-base outline-none"
            />
            <Command.List className="max-h-[56vh] overflow-y-auto p-2">
              <Command.Empty className="p-4 text-center text-soft">Nothing is called that.</Command.Empty>
              <Screens choose={choose} />
              <Actions choose={choose} />
              <Providers choose={choose} />
              <RecentRequests choose={choose} />
            </Command.List>
          </Command>
        </RadixDialog.Content>
      </RadixDialog.Portal>
    </RadixDialog.Root>
  );
}
