// A small button at the end of a row.
import { ActionIcon } from "@mantine/core";
import { Icon, type IconName } from "@/ui/icons";

interface ToolProps {
  label: string;
  icon: IconName;
  disabled?: boolean;
  /** For a button that shows or hides something. */
  expanded?: boolean;
  onClick: () => void;
}

export function Tool({ label, icon, disabled, expanded, onClick }: ToolProps) {
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size={24}
      aria-label={label}
      aria-expanded={expanded}
      title={label}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon name={icon} size={14} />
    </ActionIcon>
  );
}
