package sc.fiji.cfebm.spark;

import java.io.Serializable;

import sc.fiji.cfebm.job.Storage;

/** How an executor gets at volumes. It travels there, so it carries nothing. */
@FunctionalInterface
interface Files extends Serializable {

	Storage storage();
}
