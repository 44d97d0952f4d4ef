/** Settings: the keys of programs, what happens when providers fail, what is kept of their conversations, the look, and what runs here. */
import { ScreenTitle } from '../../components/section.tsx';
import { About } from './about.tsx';
import { Appearance } from './appearance.tsx';
import { ClientKeys } from './client-keys.tsx';
import { KeptAnswers } from './kept-answers.tsx';
import { Reliability } from './reliability.tsx';

export function SettingsScreen() {
  return (
    <div className="mx-auto grid w-full max-w-[960px] content-start gap-8 p-6">
      <ScreenTitle>Settings</ScreenTitle>
      <ClientKeys />
      <Reliability />
      <KeptAnswers />
      <Appearance />
      <About />
    </div>
  );
}
