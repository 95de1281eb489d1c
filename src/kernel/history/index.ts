export { historyRoutes } from './views.ts'
