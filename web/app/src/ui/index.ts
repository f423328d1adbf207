// The kit that every page is made of. To see one in use, look at a page of the shop.
export { Avatar } from "./Avatar";
export { Badge, CountBadge, countText, StatusBadge } from "./Badge";
export { Banner } from "./Banner";
export { Button, IconButton, LinkButton } from "./Button";
export { Card } from "./Card";
export { cx } from "./cx";
export { EmptyState } from "./EmptyState";
export { Checkbox, Field, Input, Select, SelectField, TextArea, TextField } from "./Field";
export { Money } from "./Money";
export { formatMoney, type MoneyValue } from "./money";
export { RelativeTime } from "./RelativeTime";
export { Loading, Skeleton } from "./Skeleton";
export { Spinner } from "./Spinner";
export { Table, Td, Th, Tr } from "./Table";
export { ThemeSwitch } from "./ThemeSwitch";
export { formatClock, formatDay, formatMoment, formatRelative } from "./time";
export { toast, type Severity } from "./toast";
export { useNow } from "./useNow";
// Dialog, Popover and Tabs bring a positioning engine along: import them from their own files, where they are used.
