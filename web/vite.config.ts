import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// `npm run dev` inside web/ serves the console alone and hands everything else to a running Holdfast.
const server = process.env['HOLDFAST_URL'] ?? 'http://127.0.0.1:8080'

export default defineConfig({
  plugins: [react()],
  build: { outDir: 'dist', emptyOutDir: true, target: 'es2023', sourcemap: false, reportCompressedSize: false },
  server: { port: 5173, proxy: { '/api': server, '/info': server, '/openapi.json': server } },
})
