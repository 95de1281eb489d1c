export { BreakerBoard, type BoardOptions } from './board.ts'
export { breakerRoutes } from './routes.ts'
export { breakerFaults } from './faults.ts'
export { breakerMoved, breakerOrdered } from './events.ts'
