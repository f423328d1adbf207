//! The contract that every database must fulfil.
//!
//! A database implements [`Backend`], and the macro [`contract!`] makes a test of each case for it. A case gets a fresh
//! [`Log`]: a writer, queries, a clock that only the case moves, and a record of what was published. `shop.rs` has the
//! commands, `walk.rs` a long random history, `faulty.rs` a database that fails and locks rows on demand.

pub(crate) mod accounts;
pub(crate) mod bulk;
pub(crate) mod clock;
pub(crate) mod commits;
pub(crate) mod consumers;
pub(crate) mod events;
pub(crate) mod external_users;
pub(crate) mod faulty;
pub(crate) mod idempotency;
pub(crate) mod inbox;
pub(crate) mod inbox_model;
pub(crate) mod kept_state;
pub(crate) mod listing;
pub(crate) mod locks;
pub(crate) mod log;
pub(crate) mod products;
pub(crate) mod random_faults;
pub(crate) mod reservations;
pub(crate) mod retention;
pub(crate) mod search;
pub(crate) mod sequence;
pub(crate) mod series;
pub(crate) mod shop;
pub(crate) mod tail;
pub(crate) mod time;
pub(crate) mod walk;

use std::sync::Arc;

use jiff::SignedDuration;
use ordercast_eventlog::ReadBackend;
use ordercast_eventlog::write_backend::WriteBackend;
use uuid::Uuid;

/// A database under test.
pub(crate) trait Backend: Send + Sync + Sized + 'static {
    type WriteBackend: WriteBackend;

    /// An empty database, which is deleted when this is dropped.
    fn fresh() -> impl Future<Output = Self> + Send;

    /// Opens the database. The backends of an earlier call must be dropped first. `random` becomes the epoch of a new
    /// database.
    fn open(
        &self,
        keep_events: Option<SignedDuration>,
        random: Uuid,
    ) -> impl Future<Output = (Self::WriteBackend, Arc<dyn ReadBackend>)> + Send;
}

/// One test for each case of the contract.
macro_rules! contract {
    ($backend:ty) => {
        contract! { $backend:
            sequence {
                seq_is_gapless_and_in_commit_order_under_many_submitters,
                each_command_sees_its_predecessors_within_a_batch,
                a_refusal_rolls_nobody_back,
                a_stale_version_is_refused_and_told_the_current_one,
                batches_are_published_after_their_commit_in_order_each_event_once,
                what_is_published_is_what_the_log_tells_later,
                a_dropped_writer_commits_everything_it_accepted_and_ends,
                a_log_goes_on_after_a_restart,
                an_id_is_used_once,
            }
            time {
                a_clock_that_goes_back_takes_no_time_back,
                nor_does_it_across_a_restart,
                a_clock_finer_than_a_millisecond_is_cut,
            }
            idempotency {
                the_same_key_and_body_give_the_same_answer,
                the_order_is_answered_as_it_was_even_after_it_moved_on,
                an_answer_survives_a_restart,
                both_may_come_in_one_batch,
                another_body_is_refused,
                another_scope_is_independent,
                refusals_are_not_stored,
                keys_are_forgotten_after_a_day,
                keys_are_known_after_many_others_and_a_restart,
                a_key_is_known_although_all_before_it_were_forgotten,
            }
            bulk {
                each_part_of_a_submission_has_its_own_outcome,
                a_mixed_answer_is_remembered_whole,
                an_order_named_twice_is_answered_twice_as_it_was,
            }
            tail {
                a_tail_is_exactly_the_topics_part_of_the_log,
                an_event_is_read_with_what_is_known_of_its_order,
                a_tail_comes_in_portions_without_gap_or_overlap,
                a_tail_of_nobody_reaches_the_head,
                a_timeline_is_the_orders_part_of_the_log,
                counts_equal_a_recount,
                an_order_is_what_its_events_make_it,
            }
            events {
                events_are_the_whole_log_in_order,
                events_come_in_pages_without_gap_or_overlap,
                events_that_retention_deleted_are_reported,
                the_writers_head_moves_with_each_commit,
                the_head_can_be_polled,
            }
            commits {
                a_batch_that_was_committed_is_answered_as_usual,
                a_batch_that_was_not_committed_is_answered_as_not_done,
                an_unknown_commit_is_resolved_before_the_next_batch,
                a_resolved_batch_is_published_although_nobody_submits_more,
                everything_in_a_batch_shares_its_fate,
                a_database_knows_its_last_batches,
            }
            locks {
                what_is_locked_waits_and_the_rest_goes_on,
                requests_about_one_order_keep_their_order,
                what_is_locked_for_too_long_is_answered_busy,
                a_clock_that_is_set_back_does_not_make_requests_wait_longer,
                so_many_wait_for_locked_rows_and_no_more,
                a_writer_that_ends_tries_what_waits_a_last_time,
                nothing_is_kept_between_batches_that_may_change_unnoticed,
            }
            random_faults {
                each_submission_happens_once_whatever_fails,
            }
            kept_state {
                state_is_kept_replaced_and_removed,
            }
            consumers {
                a_position_is_stored_and_never_goes_back,
                a_consumer_gets_every_event_since_its_stored_position,
                the_slowest_consumer_holds_back_retention,
                a_consumer_that_is_too_slow_is_told_what_it_lost,
            }
            inbox {
                what_concerns_somebody_is_in_their_inbox,
                an_inbox_is_filtered,
                what_is_read_is_told_after_its_commit,
                what_came_after_the_mark_stays_unread,
                what_is_read_is_each_persons_own,
                a_mark_counts_what_happened_in_its_own_batch,
                what_is_read_one_by_one_is_bounded,
                entries_go_with_their_events,
                a_rare_category_comes_in_several_pages,
            }
            inbox_model {
                pages_and_counts_are_those_of_a_naive_model,
            }
            listing {
                pages_are_what_a_naive_filter_gives,
                paging_through_yields_each_order_once_in_order,
                statuses_move_orders_between_pages,
                a_page_says_at_which_cursor_it_was_read,
                a_position_can_be_any_number_and_value,
            }
            search {
                orders_are_found_by_number_id_and_tracking_number,
                orders_are_found_by_the_customers_words,
                orders_are_found_as_people_type,
                every_match_is_found_however_many_people_match,
                nothing_that_is_typed_is_an_error,
                a_customer_stays_findable_by_earlier_recipients,
                another_stores_orders_are_not_found,
                customers_and_drivers_find_only_their_own_orders,
            }
            products {
                a_catalogue_is_paged_in_the_order_of_its_making,
                a_catalogue_is_filtered,
                a_product_is_read_with_its_details_and_stock,
            }
            accounts {
                an_account_is_registered_once_whatever_the_case_of_its_address,
                a_login_finds_the_account,
                a_password_change_voids_tokens_and_sessions,
                a_rehash_voids_nothing,
                a_session_starts_only_with_the_password_that_was_verified,
                a_clock_that_was_ahead_once_breaks_no_account,
                a_clock_that_was_ahead_once_deletes_nothing,
                a_refresh_token_is_swapped_once,
                a_refresh_token_that_comes_again_soon_was_sent_twice,
                a_refresh_token_that_comes_again_late_was_stolen,
                every_spent_refresh_token_is_known_while_its_session_lives,
                a_session_ends_at_its_end,
                a_reset_link_works_once,
                a_reset_link_ends,
                revoked_is_what_ended_before_its_tokens_did,
            }
            external_users {
                users_from_elsewhere_appear_with_their_names,
                a_token_from_elsewhere_changes_no_local_account,
            }
            series {
                a_series_equals_a_recount,
                what_is_sold_is_counted_over_many_orders_and_restarts,
                a_product_that_changes_currency_is_counted_in_each,
            }
            reservations {
                what_nobody_paid_is_due_after_a_quarter_of_an_hour,
                a_reservation_follows_a_clock_that_was_ahead_once,
                what_is_paid_called_off_or_begun_is_never_due,
                what_comes_back_to_waiting_is_due_again,
                what_waits_is_what_a_naive_model_says,
            }
            retention {
                old_events_of_orders_that_are_over_go,
                an_open_order_keeps_everything_behind_it,
                a_pruned_order_is_still_there,
                the_log_goes_on_where_it_was_after_all_of_it_was_pruned,
            }
        }
    };
    ($backend:ty: $($module:ident { $($case:ident,)+ })+) => {
        $(mod $module {
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    crate::contract::$module::$case::<$backend>().await;
                }
            )+
        })+
    };
}
pub(crate) use contract;
