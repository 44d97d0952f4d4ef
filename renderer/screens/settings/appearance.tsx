/** Light, dark, or as the system is. */
import { Section } from '../../components/section.tsx';
import { useDesktop } from '../../stores/desktop.ts';
import { chooseTheme, themeChoices, useTheme } from '../../stores/theme.ts';

export function Appearance() {
  const chosen = useTheme(({ choice }) => choice);
  const desktop = useDesktop((state) => state.desktop);
  return (
    <Section title="Appearance">
      <fieldset className="flex flex-wrap gap-2">
        <legend className="sr-only">Theme</legend>
        {themeChoices.map(({ id, label }) => (
          <label
            key={id}
            className="flex h-8 items-center gap-2 rounded-md border border-line bg-raised px-3 has-checked:border-accent has-checked:bg-accent-ground has-focus-visible:outline-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              name="theme"
              value={id}
              checked={chosen === id}
              onChange={() => void chooseTheme(id, desktop)}
              className="accent-accent outline-none"
            />
            {label}
          </label>
        ))}
      </fieldset>
    </Section>
  );
}
