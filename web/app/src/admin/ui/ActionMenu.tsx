import { Menu } from "@base-ui/react/menu";
import { ChevronDown, type LucideIcon } from "lucide-react";

import { Button, cx } from "../../ui";
import styles from "./ActionMenu.module.css";

export interface Action {
  label: string;
  icon?: LucideIcon;
  danger?: boolean;
  onChoose: () => void;
}

/** A button that opens a menu of actions. Groups are separated by a line. */
export function ActionMenu({
  label,
  groups,
  disabled,
}: {
  label: string;
  groups: readonly (readonly Action[])[];
  disabled?: boolean;
}) {
  const full = groups.filter((group) => group.length > 0);
  if (full.length === 0) return null;
  return (
    <Menu.Root>
      <Menu.Trigger disabled={disabled ?? false} render={<Button />}>
        {label}
        <ChevronDown aria-hidden="true" />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner className={styles.positioner} sideOffset={6} align="start" collisionPadding={12}>
          <Menu.Popup className={styles.popup}>
            {full.map((group, at) => (
              <Menu.Group key={group[0]?.label ?? at} className={styles.group}>
                {group.map(({ label: text, icon: Icon, danger, onChoose }) => (
                  <Menu.Item key={text} className={cx(styles.item, danger && styles.danger)} onClick={onChoose}>
                    {Icon && <Icon aria-hidden="true" />}
                    {text}
                  </Menu.Item>
                ))}
              </Menu.Group>
            ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
