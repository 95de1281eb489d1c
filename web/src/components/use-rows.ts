import { useInfiniteQuery } from '@tanstack/react-query'
import { useCallback, useMemo } from 'react'
import type { Page } from '#services/http.ts'

type Pages<Item> = { readonly pages: readonly Page<Item>[] }
type Answer<Item> = Pick<
  ReturnType<typeof useInfiniteQuery<Page<Item>, Error, Pages<Item>>>,
  'data' | 'error' | 'hasNextPage' | 'fetchNextPage' | 'isFetchingNextPage'
>

/** The rows of a list that is read page by page: undefined until the first page came, and the fault only while there is nothing to show. */
export const useRows = <Item>({ data, error, hasNextPage, fetchNextPage, isFetchingNextPage }: Answer<Item>) => {
  const rows = useMemo(() => data?.pages.flatMap((page) => page.items), [data])
  const more = useCallback(() => void (isFetchingNextPage || fetchNextPage()), [fetchNextPage, isFetchingNextPage])
  return { rows, error: rows === undefined ? error : null, hasMore: hasNextPage, more }
}
