export { LookupPage } from "./LookupPage";
export { LookupsPage } from "./LookupsPage";
