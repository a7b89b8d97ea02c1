const WORDS: Record<string, string> = {
  erp: "ERP",
  crm: "CRM",
  ecommerce: "E-commerce",
  wms: "WMS",
  pim: "PIM",
  pos: "POS",
};

/** A category in words. */
export const categoryWord = (category: string): string =>
  WORDS[category] ?? (category.charAt(0).toUpperCase() + category.slice(1)).replaceAll("_", " ");
