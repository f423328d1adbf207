import { Monitor, Moon, Sun } from "lucide-react";
import { useId } from "react";

import { cx } from "./cx";
import { setTheme, useTheme, type Theme } from "./theme";
import styles from "./ThemeSwitch.module.css";

const CHOICES: { theme: Theme; label: string; icon: typeof Sun }[] = [
  { theme: "system", label: "System", icon: Monitor },
  { theme: "light", label: "Light", icon: Sun },
  { theme: "dark", label: "Dark", icon: Moon },
];

export function ThemeSwitch({ className }: { className?: string | undefined }) {
  const chosen = useTheme();
  const name = useId();
  return (
    <fieldset className={cx(styles.switch, className)}>
      <legend className="visually-hidden">Theme</legend>
      {CHOICES.map(({ theme, label, icon: Icon }) => (
        <label key={theme} className={styles.choice} title={label}>
          <input
            type="radio"
            name={name}
            className="visually-hidden"
            checked={chosen === theme}
            onChange={() => setTheme(theme)}
          />
          <Icon aria-hidden="true" />
          <span className="visually-hidden">{label}</span>
        </label>
      ))}
    </fieldset>
  );
}
