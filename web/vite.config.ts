import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** A Weftline server to develop against. */
const server = process.env.WEFTLINE_URL ?? "http://127.0.0.1:8400";

export default defineConfig({
  plugins: [react()],
  build: {
    // Browsers that know light-dark(): an older target would have it rewritten, and the tokens would be lost.
    target: ["chrome123", "edge123", "firefox120", "safari17.5"],
    outDir: "../src/weftline/static",
    emptyOutDir: true,
    chunkSizeWarningLimit: 700,
  },
  server: { proxy: { "/api": server, "/hooks": server, "/health": server } },
});
