/** Settings: the keys of programs, limits of providers, who is told of alerts, what happens when providers fail, the local engine, what is kept of their conversations, the look, and what runs here. */
import { ScreenTitle } from '../../components/section.tsx';
import { About } from './about.tsx';
import { AlertSettings } from './alert-settings.tsx';
import { Appearance } from './appearance.tsx';
import { ClientKeys } from './client-keys.tsx';
import { KeptAnswers } from './kept-answers.tsx';
import { LocalEngineSettings } from './local-engine/local-engine-settings.tsx';
import { ProviderLimits } from './provider-limits.tsx';
import { Reliability } from './reliability.tsx';

export function SettingsScreen() {
  return (
    <div className="mx-auto grid w-full max-w-[960px] content-start gap-8 p-6">
      <ScreenTitle>Settings</ScreenTitle>
      <ClientKeys />
      <ProviderLimits />
      <AlertSettings />
      <Reliability />
      <LocalEngineSettings />
      <KeptAnswers />
      <Appearance />
      <About />
    </div>
  );
}
