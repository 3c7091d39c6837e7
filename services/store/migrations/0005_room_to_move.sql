-- What is updated with every batch keeps free room on its pages, so that the new row version stays beside the old
-- one and no index is touched (a HOT update). The partitions of activity get theirs where they are made.
alter table device set (fillfactor = 70);
alter table gateway set (fillfactor = 70);
