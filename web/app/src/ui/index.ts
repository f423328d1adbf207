// The UI components.
export { Avatar } from "./Avatar";
export { Badge, CountBadge, formatCount, StatusBadge } from "./Badge";
export { Banner } from "./Banner";
export { Button, IconButton, LinkButton } from "./Button";
export { Card } from "./Card";
export { cx } from "./cx";
export { EmptyState } from "./EmptyState";
export { Checkbox, Field, Input, Select, SelectField, TextArea, TextField } from "./Field";
export { formatInteger } from "./integer";
export { Money } from "./Money";
export { formatMoney, fractionDigits, type MoneyValue } from "./money";
export { RelativeTime } from "./RelativeTime";
export { Loading, Skeleton } from "./Skeleton";
export { Spinner } from "./Spinner";
export { Table, Td, Th, Tr } from "./Table";
export { ThemeSwitch } from "./ThemeSwitch";
export { toast, type Severity } from "./toast";
// Dialog, Popover and Tabs pull in a positioning library: import them from their own files where they are used.
