import { useOrdercast } from "@ordercast/react";
import { Download } from "lucide-react";
import { useState } from "react";

import { useConfig } from "../../api/config";
import { messageOf } from "../../api/http";
import { dateIn } from "../../time/zone";
import { Button, toast } from "../../ui";
import { listFilterOf, type OrderFilters } from "./filters";
import styles from "./Toolbar.module.css";

const TOAST = "export-orders";

/** Downloads all orders that match the table's filters as a CSV file. */
export function ExportButton({ filters }: { filters: OrderFilters }) {
  const { orders } = useOrdercast();
  const { timeZone } = useConfig();
  const [isExporting, setExporting] = useState(false);
  const download = async () => {
    const now = Date.now();
    setExporting(true);
    try {
      const file = await orders.exportCsv(listFilterOf(filters, now, timeZone), { sort: filters.sort });
      save(file, `orders-${dateIn(timeZone, now)}.csv`);
      toast.close(TOAST);
    } catch (error) {
      toast.error("The orders were not exported", { id: TOAST, description: messageOf(error) });
    }
    setExporting(false);
  };
  return (
    <Button variant="quiet" aria-label="Export" busy={isExporting} onClick={() => void download()}>
      <Download aria-hidden="true" />
      <span className={styles.exportLabel}>Export</span>
    </Button>
  );
}

function save(file: Blob, name: string) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The browser has started the download by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
