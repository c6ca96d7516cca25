// In the page's language: its decimal sign and its units.
export function readableSize(bytes) {
  const units = [["megabyte", 1024 ** 2], ["kilobyte", 1024]];
  const [unit, scale] = units.find(([, least]) => bytes >= least) ?? ["byte", 1];
  return new Intl.NumberFormat(document.documentElement.lang, {
    style: "unit",
    unit,
    maximumFractionDigits: unit === "megabyte" ? 1 : 0,
  }).format(bytes / scale);
}
